// Who is in a room right now.
import { personOf } from './person.js';

/** The people that the server names, with what only a room says of them. */
export function peopleOf(list) {
  const people = Array.isArray(list) ? list.map((facts) => ({ ...personOf(facts), ...marksOf(facts) })) : [];
  return people.filter(({ id }) => id);
}

function marksOf(facts) {
  return { muted: facts?.muted === true, address: typeof facts?.address === 'string' ? facts.address : '' };
}

export class Roster {
  #people = new Map();
  /** How many are in: more than we know by name where it is crowded. */
  count = 0;

  has(id) {
    return this.#people.has(id);
  }

  get(id) {
    return this.#people.get(id);
  }

  ids() {
    return [...this.#people.keys()];
  }

  /** By name, oneself first. */
  ordered(me) {
    return [...this.#people.values()].sort((a, b) => (b.id === me) - (a.id === me) || a.name.localeCompare(b.name) || a.id - b.id);
  }

  replace(people, count) {
    this.#people = new Map(people.map((person) => [person.id, person]));
    this.#counted(count);
  }

  add(people, count) {
    for (const person of people) this.#people.set(person.id, person);
    this.#counted(count);
  }

  remove(people, count) {
    for (const { id } of people) this.#people.delete(id);
    this.#counted(count);
  }

  mute(id, muted) {
    const person = this.#people.get(id);
    if (person) this.#people.set(id, { ...person, muted });
  }

  #counted(count) {
    this.count = Math.max(this.#people.size, Number.isSafeInteger(count) ? count : 0);
  }
}
