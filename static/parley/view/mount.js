// Our own room in a stranger's page: an element of ours with a shadow root. The page's rules do not
// reach in, and ours do not reach out.

/** No page styles a tag that it has never heard of; a shadow root hangs on it as on a div. */
const TAG = 'parley-messenger';
/** One sheet for all rooms of the page. */
const sheets = new Map();

export class Mount {
  #ending = new AbortController();
  #darkness = globalThis.matchMedia('(prefers-color-scheme: dark)');

  /** `kind`: `panel` in the flow of the page, or `popup` above it. `theme`: `light`, `dark` or `auto`. */
  constructor(parent, styles, kind, theme) {
    this.kind = kind;
    this.node = document.createElement(TAG);
    this.node.setAttribute('kind', kind);
    this.root = this.node.attachShadow({ mode: 'open' });
    dress(this.root, styles);
    this.dye(theme);
    this.#darkness.addEventListener('change', () => this.dye(this.theme), { signal: this.#ending.signal });
    parent.append(this.node);
  }

  /** `auto` follows the browser, also when that changes. */
  dye(theme) {
    this.theme = theme;
    const dark = theme === 'dark' || (theme !== 'light' && this.#darkness.matches);
    this.node.setAttribute('theme', dark ? 'dark' : 'light');
  }

  destroy() {
    this.#ending.abort();
    this.node.remove();
  }
}

/** A constructed sheet is no inline style: it works where the page's CSP forbids those. */
function dress(root, styles) {
  try {
    if (!sheets.has(styles)) {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(styles);
      sheets.set(styles, sheet);
    }
    root.adoptedStyleSheets = [sheets.get(styles)];
  } catch {
    // Browsers of before 2023 cannot construct one.
    const style = document.createElement('style');
    style.textContent = styles;
    root.append(style);
  }
}
