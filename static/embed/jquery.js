// The jQuery that the bundle brings along: the package itself, without forms, styles, sizes, markup, Deferred
// and selectors of its own (:first, :visible), for which neither the plugin nor a listener of its events has any use.
import { jQuery } from 'jquery/src/core.js';
import 'jquery/src/core/init.js';
import 'jquery/src/data.js';
import 'jquery/src/event.js';
import 'jquery/src/event/trigger.js';
import 'jquery/src/selector.js'; // the build takes the one that asks the browser
import 'jquery/src/traversing.js';

// Where the package's own build puts its version; the bundler says which that is.
jQuery.fn.jquery = `${JQUERY_VERSION}+widget`;

export default jQuery;
