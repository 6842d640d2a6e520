// The plain JavaScript API, the plugin by another name:
//   parley('init', '#chat', {...})               parley('init', {mode: 'popup', ...})
//   parley('on', '#chat', 'message', (detail) => ...)
//   parley('ready', (parley) => ...)             parley(<method of the plugin>, '#chat', ...)
// Where no element is named it is the page's, which is where a popup lives.

export function commands($) {
  const special = {
    init: (target, settings) => target.parley(settings ?? {}),
    on: (target, type, listener) => target.on(`${type}.parley`, (event, detail) => listener(detail, event)),
    off: (target, type) => target.off(`${type}.parley`),
  };
  return (name, ...args) => {
    if (name === 'ready') return args[0](window.parley);
    const named = args[0] instanceof Element || typeof args[0] === 'string';
    const target = $(named ? args.shift() : document.body);
    return Object.hasOwn(special, name) ? special[name](target, ...args) : target.parley(name, ...args);
  };
}
