// The widgets of this page, one per element, whichever jQuery asks (a page may have several, or none).
import { attempt } from './attempt.js';
import { defaults } from './defaults.js';
import { Widget } from './widget.js';

const widgets = new WeakMap();
/** Every jQuery that the plugin stands on: all of them hear the events. */
const heard = new Set();

export function announceTo($) {
  heard.add($);
}

export function widgetOf(element) {
  return element && widgets.get(element);
}

/** One instance per element: a second call changes the settings of the first. */
export function put(element, settings = {}) {
  const held = widgets.get(element);
  if (held) held.set(settings);
  else widgets.set(element, new Widget(element, { ...defaults, ...settings }, (type, detail) => tell(element, type, detail)));
}

export function remove(element) {
  const widget = widgets.get(element);
  widgets.delete(element);
  widget?.destroy();
}

/** As `message.parley` to jQuery and as `parley:message` to the DOM; false when somebody cancelled it. */
function tell(element, type, detail) {
  let allowed = element.dispatchEvent(new CustomEvent(`parley:${type}`, { detail, bubbles: true, cancelable: true }));
  for (const $ of heard) {
    // Not by trigger(): it would also call window.onerror and window.onmessage, which are the page's.
    const event = $.Event(`${type}.parley`);
    attempt(() => $(element).triggerHandler(event, [detail]));
    if (event.isDefaultPrevented()) allowed = false;
  }
  return allowed;
}
