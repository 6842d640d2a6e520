// Which part of a long list of rows is on the page. Never more than so many, however long the list; rows
// come and go far from what is in view, a page at a time, and news never pushes out what is being read.

/** Many times what a screen shows: what is dropped at one end is far from whoever nears the other. */
export const SHOWN = 200;
const PAGE = 25;

export class RowWindow {
  #rows = [];
  #start = 0;
  #end = 0;

  get rows() {
    return this.#rows.slice(this.#start, this.#end);
  }

  get hasAbove() {
    return this.#start > 0;
  }

  get hasBelow() {
    return this.#end < this.#rows.length;
  }

  /** The list is another one now: the same rows stay, those beside them come in while there is room. */
  take(rows) {
    const shown = this.rows.filter((row) => row.type === 'message');
    let [first, last] = [shown[0], shown.at(-1)].map((row) => rows.findIndex(({ key }) => key === row?.key));
    this.#rows = rows;
    if (first < 0 || last < first) return this.toEnd();
    while (first > 0 && rows[first - 1].type !== 'message') first -= 1; // its day stays above it
    this.#end = Math.min(rows.length, Math.max(last + 1, first + SHOWN));
    this.#start = Math.max(0, Math.min(first, this.#end - SHOWN));
    // A page may have come in between the first and the last (a gap was filled): the newer part stays.
    if (this.#end - this.#start > SHOWN) this.#start = this.#end - SHOWN;
    return undefined;
  }

  toEnd() {
    this.#end = this.#rows.length;
    this.#start = Math.max(0, this.#end - SHOWN);
  }

  /** The row with this key comes onto the page, with as much before it as after. */
  reveal(key) {
    const at = this.#rows.findIndex((row) => row.key === key);
    if (at < 0 || (at >= this.#start && at < this.#end)) return;
    this.#start = Math.max(0, at - SHOWN / 2);
    this.#end = Math.min(this.#rows.length, this.#start + SHOWN);
  }

  up() {
    this.#start = Math.max(0, this.#start - PAGE);
    this.#end = Math.min(this.#end, this.#start + SHOWN);
  }

  down() {
    this.#end = Math.min(this.#rows.length, this.#end + PAGE);
    this.#start = Math.max(this.#start, this.#end - SHOWN);
  }
}
