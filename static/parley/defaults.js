// The settings of a widget, as they are where nothing else is said.

/** What can be set. `notify(type, detail)` hears of every event; returning false refuses what can be refused. */
export const defaults = {
  baseUrl: '',
  /** A bearer token. With none of these three the cookie says who. */
  token: null,
  /** A function that gives a token, or a promise of one; called again when that has expired. */
  tokenProvider: null,
  /** An address of the page's own site that answers with a token as plain text, or 401. */
  tokenUrl: null,
  /** The signed-in user object where the page knows it already; asked for otherwise. */
  me: null,
  /** Whom to write to: a user id (a number), or a username, which for members of a site is their id there. */
  with: null,
  /** Which room to be in: its name. */
  room: null,
  /** `inbox`: list and conversation; `chatbox`: one conversation; `room`: one room; `popup`: a bubble in the corner, and a panel. */
  mode: 'inbox',
  /** `light`, `dark`, or `auto`: as the browser prefers. */
  theme: 'auto',
  locale: null,
  direction: null,
  /** Show the number of unread messages in the page's title. */
  title: true,
  /** Buttons beside one's own name: [{label, icon, run}]. */
  actions: [],
  /** What the arrow in the head of a single conversation does; without it there is none. */
  back: null,
  /** The text of parley.css: whoever brings the widget onto the page brings its styles. */
  styles: '',
};

/** These say whose messenger it is ... */
export const WHO = ['token', 'tokenProvider', 'tokenUrl', 'me'];
/** ... and these how it looks and what it shows: another session, or another face. */
export const FACE = ['mode', 'locale', 'direction', 'title', 'actions', 'back'];
