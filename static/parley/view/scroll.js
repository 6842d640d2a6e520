// Keeps the eye where it is while lines come and go above and below.

/** Closer to the end than this counts as being at the end. */
const NEAR = 80;
/** How finely we are told how much of it is in sight. */
const STEPS = [...Array(51).keys()].map((step) => step / 50);

export class ScrollKeeper {
  #ended = true;
  #height = 0;
  #observers;
  /** How much the edges of the window, or of whatever scrolls around us, cut off; null where nothing is left in sight. */
  cut = null;

  /** `onSight`: it may be that another part of it can be seen. */
  constructor(scroller, onSight) {
    this.scroller = scroller;
    const look = (entries) => {
      const { isIntersecting, boundingClientRect: whole, intersectionRect: seen } = entries.at(-1);
      this.cut = isIntersecting ? { above: seen.top - whole.top, below: whole.bottom - seen.bottom } : null;
      onSight();
    };
    this.#observers = [new ResizeObserver(onSight), new IntersectionObserver(look, { threshold: STEPS })];
    for (const observer of this.#observers) observer.observe(scroller);
  }

  /** A keyboard that comes up, or a longer draft, takes room from below: whoever was at the end stays there. */
  settle() {
    const { clientHeight } = this.scroller;
    if (clientHeight === this.#height) return;
    this.#height = clientHeight;
    if (this.#ended) this.toEnd();
  }

  stop() {
    for (const observer of this.#observers) observer.disconnect();
  }

  /** Whether the end of all there is has been in view until now. */
  note(ended) {
    this.#ended = ended;
  }

  get atEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    return scrollHeight - scrollTop - clientHeight < NEAR;
  }

  toEnd({ smooth = false } = {}) {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    const near = scrollHeight - scrollTop < 4 * clientHeight;
    const glide = smooth && near && !matchMedia('(prefers-reduced-motion: reduce)').matches;
    this.scroller.scrollTo({ top: scrollHeight, behavior: glide ? 'smooth' : 'instant' });
  }

  /** Here alone: scrollIntoView() would scroll the page around us as well. */
  toMiddle(node) {
    const [line, frame] = [node, this.scroller].map((one) => one.getBoundingClientRect());
    this.#moveBy(line.top + line.height / 2 - frame.top - frame.height / 2);
  }

  /** Runs a change and puts the line that was first in view back to where it was; or stays at the end. */
  during(change, { stick = this.atEnd } = {}) {
    const anchor = stick ? null : this.#firstVisible();
    const before = anchor?.getBoundingClientRect().top;
    change();
    if (stick) this.toEnd();
    else if (anchor?.isConnected) this.#moveBy(anchor.getBoundingClientRect().top - before);
  }

  /** Touching scrollTop ends a smooth scroll that is under way: not without need. */
  #moveBy(pixels) {
    if (Math.abs(pixels) >= 1) this.scroller.scrollTop += pixels;
  }

  /** Only bubbles: separators and spinners come and go. */
  #firstVisible() {
    const { top } = this.scroller.getBoundingClientRect();
    const bubbles = this.scroller.querySelectorAll('.parley-row');
    return bubbles[firstOf(bubbles, (box) => box.bottom > top)];
  }

  /** The last bubble that can be seen at least to its middle. */
  lastVisible(selector) {
    if (!this.cut) return undefined;
    const frame = this.scroller.getBoundingClientRect();
    const [top, bottom] = [frame.top + this.cut.above, frame.bottom - this.cut.below];
    const nodes = this.scroller.querySelectorAll(selector);
    const node = nodes[firstOf(nodes, (box) => Math.min(box.top + box.height / 2, box.top + 40) >= bottom) - 1];
    return node?.getBoundingClientRect().bottom > top ? node : undefined;
  }
}

/** Where among nodes that stand one below the other this begins to hold. Few are measured: it is asked at every scroll. */
function firstOf(nodes, holds) {
  let [from, to] = [0, nodes.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (holds(nodes[middle].getBoundingClientRect())) to = middle;
    else from = middle + 1;
  }
  return from;
}
