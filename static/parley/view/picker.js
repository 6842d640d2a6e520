// The emoji: searched for, or looked through group by group. A bundle of its own, static/emoji.js.
import catalogs from '../catalog/emoji.js';
import { EmojiBook, TONES, toned, toneOf } from '../emoji_book.js';
import { EmojiHabits } from '../emoji_habits.js';
import { el, setText } from './dom.js';
import { draws } from './draws.js';
import { dress } from './dress.js';
import { icon } from './icons.js';
import styles from './picker.css';
import { Shelf } from './picker_shelf.js';
import { Tabs } from './picker_tabs.js';

/** In the order of the data, each with the picture on its tab. */
const GROUPS = ['faces', 'people', 'nature', 'food', 'travel', 'doing', 'things', 'signs', 'flags'];
const RECENT = 'recent';
const PICTURES = { recent: '🕘', faces: '😀', people: '👋', nature: '🐻', food: '🍔', travel: '🚗', doing: '⚽', things: '💡', signs: '🔣', flags: '🏁' };
const HAND = '✋';

/** {node, open()}; `onPick(emoji)` is called for each choice, `root` is the shadow root it will stand in. */
export function pickerOf({ context, groups, onPick, root }) {
  dress(root, styles);
  return new PickerView({ context, groups, onPick });
}

class PickerView {
  /** What Enter in the search chooses. */
  #first = null;

  constructor({ context: { emoji: { storage, words } }, groups, onPick }) {
    Object.assign(this, { onPick, word: words(catalogs), habits: new EmojiHabits(storage), book: new EmojiBook(groups, draws) });
    const { word } = this;
    this.input = el('input', { class: 'parley-picker-input', type: 'search', autocomplete: 'off', spellcheck: 'false', enterkeyhint: 'search',
      maxlength: '64', dir: 'auto', placeholder: word('search'), 'aria-label': word('search'),
      on: { input: () => this.#search(), keydown: (event) => this.#key(event) } });
    this.tabs = new Tabs({ names: [RECENT, ...GROUPS], labelOf: word, pictures: PICTURES, onChoose: (name) => this.#show(name) });
    this.shelf = new Shelf({ onPick: (emoji) => this.#pick(emoji), onLeave: () => this.input.focus() });
    this.note = el('p', { class: 'parley-picker-note', role: 'status' });
    this.node = el('div', { class: 'parley-picker-inside' },
      el('div', { class: 'parley-picker-top' }, icon('search'), this.input, this.#tones()), this.tabs.node, this.note, this.shelf.node);
  }

  /** Begins anew, with what was used last if there is any. */
  open() {
    const { recent } = this.habits;
    this.tabs.offer(RECENT, recent.length > 0);
    this.input.value = '';
    this.#show(recent.length ? RECENT : GROUPS[0]);
    // On a phone the keyboard would cover half of what one came to choose from.
    if (matchMedia('(pointer: coarse)').matches) this.tabs.focus();
    else this.input.focus({ preventScroll: true });
  }

  #show(name) {
    this.input.value = '';
    this.tabs.choose(name);
    setText(this.note, '');
    const names = name === RECENT ? [RECENT, GROUPS[0]] : [name]; // a few used ones alone would be an empty room
    this.shelf.show(this.word(name), names.map((one) => ({ label: this.word(one), items: this.#itemsOf(one) })));
    this.#first = null;
  }

  #search() {
    if (!this.input.value.trim()) return this.#show(this.tabs.last);
    const found = this.book.find(this.input.value);
    this.tabs.choose(null);
    setText(this.note, found.length ? this.word('found', { count: found.length }) : this.word('nothing'));
    const items = this.#inTone(found);
    this.#first = items[0] ?? null;
    return this.shelf.show(this.word('results'), [{ label: this.word('results'), items }]);
  }

  #itemsOf(name) {
    if (name !== RECENT) return this.#inTone(this.book.groups[GROUPS.indexOf(name)]);
    return this.habits.recent.map((emoji) => this.#known(emoji)).filter(Boolean);
  }

  #inTone(entries) {
    const { tone } = this.habits;
    return entries.map((entry) => this.#itemOf(entry, toned(entry, tone)));
  }

  #known(emoji) {
    const entry = this.book.entryOf(emoji);
    return entry && this.#itemOf(entry, emoji);
  }

  #itemOf({ name }, emoji) {
    const tone = toneOf(emoji);
    return { emoji, name: tone > 0 ? `${name} (${this.word(`tone_${tone}`)})` : name };
  }

  #pick(emoji) {
    this.habits.use(emoji);
    this.onPick(emoji);
  }

  #tones() {
    const { word, habits } = this;
    const options = TONES.map((tone, index) => el('option', { value: String(index), selected: index === habits.tone }, `${HAND}${tone} ${word(`tone_${index}`)}`));
    const choose = ({ target }) => {
      habits.tone = Number(target.value);
      if (this.input.value.trim()) this.#search();
      else this.#show(this.tabs.last);
    };
    return el('select', { class: 'parley-picker-tones', title: word('tone'), 'aria-label': word('tone'), on: { change: choose } }, ...options);
  }

  #key(event) {
    if (event.isComposing || event.keyCode === 229) return; // that key belongs to who composes a word
    const run = { Enter: () => this.#first && this.#pick(this.#first.emoji),
      ArrowDown: () => this.shelf.focus(),
      Escape: () => this.#show(this.tabs.last) }[event.key];
    if (!run || (event.key === 'Escape' && !this.input.value)) return;
    event.preventDefault();
    event.stopPropagation();
    run();
  }
}
