// The jQuery that the bundle brings along: the package itself, without forms, styles, sizes, markup and
// Deferred, for which neither the plugin nor a listener of its events has any use. A third of it stays away.
import { jQuery } from 'jquery/src/core.js';
import 'jquery/src/core/init.js';
import 'jquery/src/data.js';
import 'jquery/src/event.js';
import 'jquery/src/event/trigger.js';
import 'jquery/src/selector.js';
import 'jquery/src/traversing.js';

// Where the package's own build puts its version; the bundler says which that is.
jQuery.fn.jquery = `${JQUERY_VERSION}+widget`;

export default jQuery;
