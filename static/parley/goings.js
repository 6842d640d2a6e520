// Who came and who went, as quiet lines between the messages: heard while one is there, never stored.

/** Comings closer than this are one line, "Ann, Bob and 3 others". */
const TOGETHER = 60_000;
const KEPT = 100;

export class Goings {
  /** [{key, what, people, time, after}]: `what` is came, left or removed; `after` the seq of the message above. */
  lines = [];
  #count = 0;

  note(what, people, { time, after }) {
    if (people.length === 0) return;
    const last = this.lines.at(-1);
    const joined = last?.what === what && last.after === after && time - last.time < TOGETHER;
    const known = new Map([...(joined ? last.people : []), ...people].map((person) => [person.id, person]));
    const line = { key: joined ? last.key : `going${++this.#count}`, what, people: [...known.values()], time: joined ? last.time : time, after };
    this.lines = [...(joined ? this.lines.slice(0, -1) : this.lines), line].slice(-KEPT);
  }
}
