// Brings the emoji when somebody first asks for them: the panel, and which there are with their names in
// the person's language. Every messenger of the page shares what came; what did not is tried anew.

/** Milliseconds until a server that says nothing counts as away. */
const PATIENCE = 15_000;
const brought = new Map();
let failures = 0;

/** {pickerOf, groups} from the server at this address. Rejects where it cannot be had. */
export async function loadEmoji(baseUrl, locale) {
  const address = (path) => new URL(`${baseUrl}/static/${path}`, globalThis.location.href).href;
  const [{ pickerOf }, groups] = await Promise.all([
    once(address('emoji.js'), moduleAt),
    once(address(`emoji/${locale}.json`), jsonAt),
  ]);
  return { pickerOf, groups };
}

function once(url, bring) {
  if (!brought.has(url)) {
    brought.set(url, bring(url).catch((error) => {
      brought.delete(url);
      throw error;
    }));
  }
  return brought.get(url);
}

/** A browser may remember that a module did not come: under another name it asks again. */
function moduleAt(url) {
  const asked = failures ? `${url}?again=${failures}` : url;
  return import(asked).catch((error) => {
    failures += 1;
    throw error;
  });
}

async function jsonAt(url) {
  const response = await fetch(url, { credentials: 'omit', signal: AbortSignal.timeout(PATIENCE) });
  if (!response.ok) throw new Error(`no emoji: ${response.status}`);
  return response.json();
}
