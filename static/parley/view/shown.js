// A page's rule may hide every element of a kind (div { display: none !important }), and so the one that was
// given to us, which nobody meant. What the page hides on purpose stays hidden.

export class Shown {
  #ours = false;
  #frame;

  /** `element` is the page's, `node` is our own in it. */
  constructor(element, node) {
    this.element = element;
    // Not before the page's styles are there; and then whenever `node` comes or goes.
    this.#frame = requestAnimationFrame(() => this.#look());
    this.sizes = new ResizeObserver(() => this.#look());
    this.sizes.observe(node);
    this.changes = new MutationObserver(() => this.#anew());
    this.changes.observe(element, { attributes: true, attributeFilter: ['hidden', 'style', 'class'] });
  }

  stop() {
    cancelAnimationFrame(this.#frame);
    this.sizes.disconnect();
    this.changes.disconnect();
    this.#release();
  }

  #look() {
    if (this.#ours || !isHidden(this.element) || isMeant(this.element)) return;
    this.#ours = true;
    this.element.style.setProperty('display', 'block', 'important'); // inline: nothing of the page outranks it
    this.changes.takeRecords(); // that was us
  }

  /** The page has changed its mind, perhaps. */
  #anew() {
    this.#release();
    this.#look();
  }

  /** Unless the page has put something else in that place meanwhile. */
  #release() {
    const { style } = this.element;
    if (this.#ours && style.getPropertyPriority('display') === 'important' && style.display === 'block') {
      style.removeProperty('display');
      if (!style.length) this.element.removeAttribute('style');
    }
    this.#ours = false;
    this.changes.takeRecords();
  }
}

function isHidden(element) {
  return element.isConnected && getComputedStyle(element).display === 'none';
}

/** Hidden by its attributes, or by a rule that leaves another element of its kind in the same place alone. */
function isMeant(element) {
  if (element.hidden || element.style.display === 'none') return true;
  if (element.localName.includes('-')) return true; // the page's own element, which may do something when it is made
  const other = document.createElement(element.localName);
  element.after(other);
  const meant = !isHidden(other);
  other.remove();
  return meant;
}
