// <div data-parley data-parley-token="..." data-parley-with="bob"></div>: those of the page, those that
// come later, what changes on them, and their going.

const ATTRIBUTES = ['data-parley', 'data-parley-token', 'data-parley-token-url', 'data-parley-with', 'data-parley-with-id',
  'data-parley-room', 'data-parley-mode', 'data-parley-theme', 'data-parley-locale', 'data-parley-title'];
const SELECTOR = '[data-parley]';

export function watchElements($) {
  const known = new Set();

  const start = (element) => {
    if (known.has(element) || !element.isConnected) return;
    known.add(element);
    $(element).parley(settingsOf(element.dataset));
  };
  const end = (element) => {
    known.delete(element);
    $(element).parley('destroy');
  };
  const changed = (element) => {
    if (!known.has(element)) return element.matches(SELECTOR) && start(element);
    return element.matches(SELECTOR) ? $(element).parley(settingsOf(element.dataset)) : end(element);
  };

  document.querySelectorAll(SELECTOR).forEach(start);
  new MutationObserver((records) => {
    for (const element of [...known]) if (!element.isConnected) end(element);
    for (const { type, target, addedNodes } of records) {
      if (type === 'attributes') changed(target);
      else for (const node of addedNodes) if (node instanceof Element) among(node).forEach(start);
    }
  }).observe(document, { childList: true, subtree: true, attributes: true, attributeFilter: ATTRIBUTES });
}

function among(node) {
  return [...(node.matches(SELECTOR) ? [node] : []), ...node.querySelectorAll(SELECTOR)];
}

/** What stands in the attributes; what does not stand there stays as it is. */
export function settingsOf(data) {
  const settings = {};
  const set = (name, value) => {
    if (value) settings[name] = value;
  };
  set('mode', data.parleyMode);
  set('theme', data.parleyTheme);
  set('token', data.parleyToken);
  set('tokenUrl', data.parleyTokenUrl);
  set('with', Number(data.parleyWithId) || data.parleyWith);
  set('room', data.parleyRoom);
  set('locale', data.parleyLocale);
  if (data.parleyTitle === 'off') settings.title = false;
  return settings;
}
