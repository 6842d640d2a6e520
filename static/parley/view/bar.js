// Where one cannot write: a sentence that says why, in place of the field, and a way on.
import { el, setText } from './dom.js';

const SENTENCES = { removed: 'room_removed', missing: 'room_missing', left: 'room_left' };

export class BarView {
  #way = null;

  /** `onEnter(room)` joins it again, `onRooms` (if there is such a thing) shows the other rooms. */
  constructor({ context: { t }, onEnter, onRooms }) {
    Object.assign(this, { t, onEnter, onRooms });
    this.text = el('p', { role: 'status' });
    this.button = el('button', { class: 'parley-link', type: 'button', on: { click: () => this.#way() } });
    this.node = el('div', { class: 'parley-bar', hidden: true }, this.text, this.button);
  }

  /** True where there is something to say. */
  show(conversation) {
    const { outside, muted } = conversation;
    const barred = conversation.isRoom && Boolean(outside || muted);
    this.node.hidden = !barred;
    setText(this.text, barred ? this.t(SENTENCES[outside] ?? 'room_muted') : '');
    if (barred) this.#lead(conversation);
    return barred;
  }

  /** Who was removed may have been let back meanwhile, which nobody is told. */
  #lead(room) {
    const gone = room.outside === 'missing';
    this.#way = gone ? this.onRooms : () => this.onEnter(room);
    this.button.hidden = !room.outside || !this.#way;
    setText(this.button, this.t(gone ? 'rooms' : 'room_enter'));
  }
}
