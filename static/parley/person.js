// Who somebody is, from any of the server's answers; and the parts of it a stranger may have chosen.

/** A person, or null when the answer names none. Lists say user_id, name and avatar as the user object does. */
export function personOf(facts) {
  if (!Number.isSafeInteger(facts?.user_id)) return null;
  const username = text(facts.username) || String(facts.user_id);
  const name = text(facts.name) || username;
  return { id: facts.user_id, username, name, avatar: safeImageUrl(facts.avatar), kind: text(facts.kind) };
}

/** Whoever gave only a name: it says little about who they are. */
export function isGuest({ kind }) {
  return kind === 'guest';
}

/** Back to the wire's form, for the cache. */
export function factsOf({ id, username, name, avatar, kind }) {
  return { user_id: id, username, name, avatar, kind };
}

/** The URL when it may stand in an <img>: http(s), or a path of our own origin; else null. */
export function safeImageUrl(url) {
  if (typeof url !== 'string' || url.length > 2048 || /[\0-\x20\\]/.test(url)) return null;
  if (/^\/(?!\/)/.test(url)) return url;
  return isWebUrl(url) ? url : null;
}

export function isWebUrl(url) {
  try {
    return /^https?:\/\//i.test(url) && ['http:', 'https:'].includes(new URL(url).protocol);
  } catch {
    return false;
  }
}

/** One or two letters for somebody without a picture. */
export function initialsOf(name) {
  const words = name.trim().split(/\s+/u).filter(Boolean);
  const letters = words.length > 1 ? [words[0], words.at(-1)] : [words[0] ?? '?'];
  return letters.map((word) => [...word][0].toLocaleUpperCase()).join('');
}

function text(value) {
  return typeof value === 'string' ? value : '';
}
