// The jQuery plugin: $('#chat').parley({...}).
//
//   $.fn.parley.defaults             settings of every instance made later
//   $(...).parley('open', userId)    methods by name: open, close, with, room, send, notice, option, wipe, destroy,
//                                    instance, unread, unsent
//   $(...).on('message.parley', (event, detail) => ...)
//     ready, message, unread, state, open, error, signedout; beforesend can be cancelled
import { defaults } from './defaults.js';
import { announceTo, put, remove, widgetOf } from './instances.js';

/** These give a value; every other call can be chained. */
const GETTERS = new Set(['instance', 'unread', 'unsent']);

const methods = {
  instance: (widget) => widget,
  unread: (widget) => widget.unread,
  unsent: (widget) => widget.unsent,
  open: (widget, id) => widget.open(id),
  close: (widget) => widget.close(),
  with: (widget, whom) => widget.set({ with: whom }),
  room: (widget, name) => widget.enter(name),
  send: (widget, text) => widget.send(text),
  notice: (widget, text) => widget.notice(text),
  wipe: (widget, own) => widget.wipe(own),
};

/** `settings` become defaults of the page; `styles`, the text of parley.css, has to be among them. */
export function install($, settings = {}) {
  const previous = $.fn.parley;
  Object.assign(defaults, settings);
  announceTo($);

  $.fn.parley = function parley(option, ...args) {
    if (typeof option !== 'string') return this.each((_, element) => put(element, option));
    if (option === 'option') return optionOf(this, ...args);
    if (option === 'destroy') return this.each((_, element) => remove(element));
    if (!Object.hasOwn(methods, option)) return $.error(`no method ${option} on parley`);
    if (GETTERS.has(option)) return call(this[0], option, args);
    return this.each((_, element) => {
      call(element, option, args);
    });
  };
  $.fn.parley.defaults = defaults;
  $.fn.parley.noConflict = () => {
    const own = $.fn.parley;
    $.fn.parley = previous;
    return own;
  };
  return $;
}

function call(element, name, args) {
  const widget = widgetOf(element);
  return widget && methods[name](widget, ...args);
}

/** option() gives all, option(name) one, option(name, value) sets. */
function optionOf(set, name, ...value) {
  if (value.length) return set.each((_, element) => put(element, { [name]: value[0] }));
  const settings = widgetOf(set[0])?.settings;
  return name === undefined ? settings : settings?.[name];
}
