// The head of a thread: who it is, and whether they are there.
import { avatarOf } from './avatar.js';
import { el, isolated, setText } from './dom.js';
import { icon } from './icons.js';
import { isGuest } from '../person.js';

export class ThreadHead {
  #person = null;

  /** `more`: buttons at the end. */
  constructor({ context, onBack, more = [] }) {
    this.context = context;
    this.back = el('button', { class: 'parley-iconbutton parley-back', type: 'button', 'aria-label': context.t('back'),
      on: { click: onBack } }, icon('back'));
    this.picture = el('span', { class: 'parley-head-picture' });
    this.name = isolated('', 'parley-head-name');
    this.line = el('span', { class: 'parley-head-line' });
    this.node = el('header', { class: 'parley-head' }, this.back, this.picture,
      el('h2', { class: 'parley-head-text' }, this.name, this.line), ...more);
  }

  show(conversation) {
    const { person, online, typing } = conversation;
    if (person !== this.#person) {
      this.#person = person;
      this.avatar = avatarOf(person, { online, baseUrl: this.context.baseUrl });
      this.picture.replaceChildren(this.avatar.node);
    }
    this.avatar.update(person, online);
    setText(this.name, person.name);
    this.#showLine(conversation, typing);
  }

  #showLine(conversation, typing) {
    this.line.classList.toggle('parley-head-line--typing', typing);
    this.line.classList.toggle('parley-head-line--online', conversation.online && !typing);
    const presence = this.#presence(conversation);
    setText(this.line, isGuest(conversation.person) ? `${this.context.t('guest')} · ${presence}` : presence);
    if (typing && !this.line.querySelector('.parley-dots')) {
      this.line.append(el('span', { class: 'parley-dots', 'aria-hidden': 'true' }, el('i'), el('i'), el('i')));
    }
  }

  #presence({ online, typing, lastSeen, isRoom, roster }) {
    const { t, times, clock } = this.context;
    if (isRoom) return roster.count ? t('people_count', { count: roster.count }) : '';
    if (typing) return t('typing');
    if (online) return t('online');
    return lastSeen ? t('last_seen', { time: times.friendly(lastSeen, clock.now()) }) : t('offline');
  }
}
