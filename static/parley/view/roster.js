// The panel of who is in a room, and for a moderator who was removed from it.
import { avatarOf } from './avatar.js';
import { el, isolated, setText } from './dom.js';
import { icon } from './icons.js';
import { KeyedChildren } from './keyed.js';
import { isGuest } from '../person.js';
import { menuButton } from './menu.js';

/** A thread at least so wide shows the panel beside the messages from the beginning. */
const WIDE = 720;

export class RosterView {
  #room = null;
  /** Since it was opened, whether it was asked who was removed. */
  #looked = false;

  /** `actions` of view/moderation.js; `me`: the id of who looks. */
  constructor({ context, actions, me }) {
    Object.assign(this, { context, actions, me });
    const { t } = context;
    const toggle = () => this.toggle();
    this.button = el('button', { class: 'parley-iconbutton', type: 'button', title: t('people'), 'aria-label': t('people'),
      'aria-expanded': 'false', on: { click: toggle } }, icon('people'));
    this.shut = el('button', { class: 'parley-iconbutton', type: 'button', 'aria-label': t('close'), on: { click: toggle } }, icon('clear'));
    this.list = el('ul', { class: 'parley-people', 'aria-label': t('people') });
    this.others = el('p', { class: 'parley-people-more' });
    this.removed = el('ul', { class: 'parley-people', 'aria-label': t('removed_people') });
    this.gone = el('section', { class: 'parley-gone', hidden: true }, el('h4', {}, t('removed_people')), this.removed);
    const leaving = { label: t('room_leave'), run: () => actions.leave(this.#room) };
    const leave = menuButton({ className: 'parley-link', face: leaving.label, ...leaving }, () => [leaving], context);
    this.node = el('section', { class: 'parley-roster', 'aria-label': t('people'), hidden: true, on: { keydown: (event) => this.#key(event) } },
      el('header', { class: 'parley-roster-head' }, el('h3', {}, t('people')), this.shut),
      el('div', { class: 'parley-scroll', tabindex: '0', role: 'group', 'aria-label': t('people') }, this.list, this.others, this.gone), leave);
    this.children = this.#people(this.list, (person) => actions.ofPerson(this.#room, person));
    this.outside = this.#people(this.removed, (person) => actions.ofRemoved(this.#room, person));
  }

  /** `actionsOf(person)`: what the menu beside each one offers. */
  #people(list, actionsOf) {
    return new KeyedChildren(list, {
      key: ({ id }) => id,
      signature: (person) => JSON.stringify([person, this.#room.moderator]),
      build: (person) => this.#person(person, actionsOf),
    });
  }

  open(conversation, width) {
    this.#room = conversation.isRoom ? conversation : null;
    this.button.hidden = !this.#room;
    this.children.clear();
    this.outside.clear();
    this.#show(Boolean(this.#room) && width >= WIDE);
  }

  show(room) {
    const { t } = this.context;
    this.button.hidden = room.outside !== null;
    if (room.outside) this.#show(false);
    if (this.node.hidden) return; // a crowd that nobody looks at
    if (room.moderator && !this.#looked) this.actions.lookForRemoved(room);
    this.#looked = room.moderator;
    const people = room.roster.ordered(this.me);
    const hidden = room.roster.count - people.length;
    this.others.hidden = hidden <= 0;
    setText(this.others, t('others', { count: hidden }));
    this.children.show(people);
    this.gone.hidden = room.removed.length === 0;
    this.outside.show(room.removed);
  }

  toggle() {
    this.#show(this.node.hidden);
    if (this.node.hidden) this.button.focus();
    else this.shut.focus();
  }

  #show(on) {
    this.node.hidden = !on;
    this.button.setAttribute('aria-expanded', String(on));
    this.#looked = false;
    if (on && this.#room.loaded) this.show(this.#room);
  }

  #key(event) {
    if (event.key !== 'Escape' || event.isComposing) return;
    event.preventDefault();
    event.stopPropagation();
    this.toggle();
  }

  #person(first, actionsOf) {
    const { context } = this;
    const node = el('li', { class: 'parley-person' });
    const update = (person) => {
      const items = actionsOf(person);
      const label = context.t('actions', { what: person.name });
      const menu = items.length ? menuButton({ className: 'parley-iconbutton', label }, () => items, context) : null;
      const avatar = avatarOf(person, { baseUrl: context.baseUrl }).node;
      node.replaceChildren(avatar, el('span', { class: 'parley-person-text' }, isolated(person.name, 'parley-person-name'),
        el('span', { class: 'parley-person-marks' }, this.#marks(person), el('bdi', { dir: 'ltr' }, person.address))), ...(menu ? [menu] : []));
    };
    update(first);
    return { node, update };
  }

  #marks(person) {
    const { t } = this.context;
    const { id, muted, address } = person;
    return [id === this.me && t('you_mark'), isGuest(person) && t('guest'), muted && t('muted'), address && ' '].filter(Boolean).join(' · ');
  }
}
