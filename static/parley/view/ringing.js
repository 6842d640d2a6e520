// A message while nobody looks: a sound and a notification, in one tab only.
import { Bell } from '../bell.js';
import { Chime } from './chime.js';
import { mayNotify, notify } from './notices.js';

export class Ringing {
  /** `attention` knows whether anybody looks, `isOpen(conversation)` whether it can be seen on this page. */
  constructor({ messenger, context, attention, isOpen }) {
    Object.assign(this, { messenger, context, attention, isOpen });
    this.chime = new Chime();
    this.bell = new Bell({ channel: this.#channel(), clock: context.clock, ring: (news, how) => this.#ring(news, how) });
  }

  stop() {
    this.bell.stop();
    this.chime.stop();
  }

  #channel() {
    const { me } = this.messenger;
    return globalThis.BroadcastChannel ? new BroadcastChannel(`parley/${this.context.baseUrl}/${me.id}`) : null;
  }

  news(conversation, message) {
    if (message.seq <= conversation.readSeq) return; // read elsewhere already
    const { attention } = this;
    const inView = attention.isVisible && this.isOpen(conversation);
    const vote = {
      sound: !attention.isLooking,
      notice: !attention.isLooking && !inView,
      able: navigator.userActivation?.hasBeenActive ?? true,
    };
    this.bell.news(`${conversation.id}/${message.seq}`, vote, { conversation, message });
  }

  #ring({ conversation: { person }, message: { author, content: text } }, { sound, notice }) {
    const { preferences, baseUrl } = this.context;
    if (sound && preferences.get('sound')) this.chime.play();
    if (!notice || !preferences.get('notices') || !mayNotify()) return;
    const content = author ? this.context.t('announce', { name: author.name, content: text }) : text;
    const icon = person.avatar?.startsWith('/') ? baseUrl + person.avatar : person.avatar ?? undefined;
    notify({ person, content, icon, onClick: () => this.messenger.open(person) });
  }
}
