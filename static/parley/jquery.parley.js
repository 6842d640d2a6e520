// The jQuery plugin: $('#chat').parley({...}).
//
//   $.fn.parley.defaults             settings of every instance made later
//   $(...).parley('open', userId)    methods by name: open, close, send, notice, option, wipe, destroy,
//                                    instance, unread, unsent
//   $(...).on('message.parley', (event, detail) => ...)
//     ready, message, unread, state, open, error, signedout; beforesend can be cancelled
import { Widget, defaults } from './widget.js';

const KEY = 'parley';
/** These give a value; every other call can be chained. */
const GETTERS = new Set(['instance', 'unread', 'unsent']);

const methods = {
  instance: (widget) => widget,
  unread: (widget) => widget.unread,
  unsent: (widget) => widget.unsent,
  open: (widget, id) => widget.open(id),
  close: (widget) => widget.close(),
  send: (widget, text) => widget.send(text),
  notice: (widget, text) => widget.notice(text),
  wipe: (widget) => widget.wipe(),
};

export function install($) {
  const previous = $.fn.parley;

  $.fn.parley = function parley(option, ...args) {
    if (typeof option !== 'string') return this.each((_, element) => create($, element, option));
    if (option === 'option') return optionOf($, this, ...args);
    if (option !== 'destroy' && !Object.hasOwn(methods, option)) return $.error(`no method ${option} on parley`);
    if (GETTERS.has(option)) return call($, this[0], option, args);
    return this.each((_, element) => {
      call($, element, option, args);
    });
  };
  $.fn.parley.defaults = { ...defaults };
  $.fn.parley.noConflict = () => {
    const own = $.fn.parley;
    $.fn.parley = previous;
    return own;
  };
  return $;
}

/** One instance per element: a second call changes the settings of the first. */
function create($, element, settings) {
  const held = $.data(element, KEY);
  if (held) return void Object.assign(held.settings, settings);
  // Not by trigger(): it would also call window.onerror and window.onmessage, which are the host's.
  const notify = (type, detail) => {
    const event = $.Event(`${type}.parley`);
    $(element).triggerHandler(event, [detail]);
    return !event.isDefaultPrevented();
  };
  $.data(element, KEY, new Widget(element, { ...$.fn.parley.defaults, ...settings }, notify));
}

function call($, element, name, args) {
  const widget = element && $.data(element, KEY);
  if (!widget) return undefined;
  if (name !== 'destroy') return methods[name](widget, ...args);
  $.removeData(element, KEY);
  return widget.destroy();
}

/** option() gives all, option(name) one, option(name, value) sets. */
function optionOf($, set, name, ...value) {
  if (value.length) return set.each((_, element) => create($, element, { [name]: value[0] }));
  const settings = set[0] && $.data(set[0], KEY)?.settings;
  return name === undefined ? settings : settings?.[name];
}
