// The public rooms: looking around, going into one, opening a new one.
import { avatarOf } from './avatar.js';
import { MALFORMED, NOT_ALLOWED, TOO_LARGE } from '../codes.js';
import { el, isolated, setText } from './dom.js';
import { errorTextOf } from './errors.js';
import { icon } from './icons.js';
import { KeyedChildren } from './keyed.js';
import { moveFocus } from './list.js';

/** The server's. */
const NAME_LIMIT = 50;

export class RoomsView {
  /** `rooms`: PublicRooms; `onOpen(name)`; `onClose`: where there is something to go back to. */
  constructor({ context, rooms, onOpen, onClose }) {
    Object.assign(this, { context, rooms, onOpen, onClose });
    const { t } = context;
    const back = onClose && el('button', { class: 'parley-iconbutton', type: 'button', 'aria-label': t('back'), on: { click: onClose } }, icon('back'));
    this.note = el('p', { class: 'parley-rooms-note', role: 'status' });
    this.list = el('ul', { class: 'parley-list', 'aria-label': t('rooms'), on: { keydown: moveFocus } });
    this.more = el('button', { class: 'parley-more', type: 'button', hidden: true, on: { click: () => rooms.more() } }, t('list_more'));
    this.input = el('input', { class: 'parley-newroom-name', maxlength: NAME_LIMIT, dir: 'auto', autocomplete: 'off', required: true,
      placeholder: t('room_name'), 'aria-label': t('room_name') });
    this.form = el('form', { class: 'parley-newroom', hidden: true, on: { submit: (event) => this.#submit(event) } }, this.input,
      el('button', { class: 'parley-button', type: 'submit' }, t('room_open')));
    this.problem = el('p', { class: 'parley-problem', role: 'alert' });
    this.node = el('section', { class: 'parley-rooms', 'aria-label': t('rooms'), on: { keydown: (event) => this.#key(event) } },
      el('header', { class: 'parley-rooms-head' }, back, el('h2', { class: 'parley-head-name', tabindex: '-1' }, t('rooms'))),
      this.form, this.problem, el('div', { class: 'parley-scroll' }, this.list, this.note, this.more));
    this.children = new KeyedChildren(this.list, { key: ({ person }) => person.id, signature: JSON.stringify, build: (row) => this.#row(row) });
    rooms.on('change', () => this.#show());
  }

  /** Looks, and goes on looking until stop(). */
  start() {
    this.rooms.watch();
    this.#show();
  }

  focus() {
    this.node.querySelector('h2').focus();
  }

  stop() {
    this.rooms.stop();
    this.problem.textContent = '';
  }

  #show() {
    const { t } = this.context;
    const { rooms, mayOpen, hasMore, loaded, failed } = this.rooms;
    this.children.show(rooms);
    this.more.hidden = !hasMore;
    this.form.hidden = !mayOpen;
    setText(this.note, loaded ? (rooms.length ? '' : t('rooms_empty')) : t(failed ? 'search_failed' : 'loading'));
  }

  #row(first) {
    const { t } = this.context;
    const line = el('span', { class: 'parley-item-line' });
    const button = el('button', { class: 'parley-item', type: 'button', on: { click: () => this.onOpen(first.person.name) } },
      avatarOf(first.person).node, isolated(first.person.name, 'parley-item-name'), line);
    const update = ({ count, joined }) => setText(line, [t('people_count', { count }), joined && t('room_joined')].filter(Boolean).join(' · '));
    update(first);
    return { node: el('li', {}, button), update };
  }

  async #submit(event) {
    event.preventDefault();
    const name = this.input.value.trim();
    if (!name) return;
    this.problem.textContent = '';
    try {
      const room = await this.rooms.open(name);
      this.input.value = '';
      this.onOpen(room);
    } catch ({ errorcode }) {
      this.problem.textContent = this.#reason(errorcode);
    }
  }

  #reason(errorcode) {
    const { t } = this.context;
    if (errorcode === MALFORMED || errorcode === TOO_LARGE) return t('bad_name', { count: NAME_LIMIT });
    return errorcode === NOT_ALLOWED ? t('room_taken') : errorTextOf(errorcode, t);
  }

  #key(event) {
    if (event.key !== 'Escape' || event.isComposing || !this.onClose) return;
    event.stopPropagation();
    this.onClose();
  }
}
