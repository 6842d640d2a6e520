// What <script async src="https://chat.example/widget.js"></script> brings: the widget with its styles
// and a jQuery of its own that the page never meets; window.parley; and the elements with data-parley.
import { install } from '../parley/jquery.parley.js';
import styles from '../parley/parley.css';
import { baseUrlOf } from './base_url.js';
import { commands } from './commands.js';
import { watchElements } from './elements.js';
import $ from './jquery.js';
import { openQueue } from './queue.js';

const baseUrl = baseUrlOf(document.currentScript);

/** The page's own jQuery, which may come later than we do, gets the plugin as well. */
function adoptJquery() {
  const theirs = window.jQuery;
  if (theirs?.fn && !theirs.fn.parley) install(theirs);
}

// A second copy of the script would answer every event twice.
if (!window.parley?.jQuery) {
  install($, { styles, baseUrl });
  adoptJquery();
  const parley = openQueue(commands($));
  parley.jQuery = $;
  window.addEventListener('load', adoptJquery, { once: true });
  whenParsed(() => {
    adoptJquery();
    watchElements($);
    parley.start();
  });
}

function whenParsed(run) {
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', run, { once: true });
  else run();
}
