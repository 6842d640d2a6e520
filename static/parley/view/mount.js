// Our own room in a stranger's page: an element of ours with a shadow root. The page's rules do not
// reach in, and ours do not reach out.
import { dress } from './dress.js';
import { Shown } from './shown.js';

/** No page styles a tag that it has never heard of; a shadow root hangs on it as on a div. */
const TAG = 'parley-messenger';

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
    this.shown = kind === 'panel' ? new Shown(parent, this.node) : null;
  }

  /** `auto` follows the browser, also when that changes. */
  dye(theme) {
    this.theme = theme;
    const dark = theme === 'dark' || (theme !== 'light' && this.#darkness.matches);
    this.node.setAttribute('theme', dark ? 'dark' : 'light');
  }

  destroy() {
    this.#ending.abort();
    this.shown?.stop();
    this.node.remove();
  }
}
