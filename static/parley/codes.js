// The numbers of the wire protocol, by name.
export const MESSAGE = 0;
export const SENT_ONLINE = 1;
export const SENT_OFFLINE = 2;
export const EVENT = 3;
export const MALFORMED = -2;
export const LOGIN_FAILED = -3;
export const NOT_FOUND = -4;
export const NOT_ALLOWED = -5;
export const TOO_FAST = -6;
export const TOO_LARGE = -7;
export const NOT_NOW = -8;
/** Ours, never on the wire: the network did not carry the request. */
export const NO_NETWORK = -100;

export const CLOSED_IDENTITY = 4401;
export const CLOSED_TOO_MANY = 4409;

/** Characters (code points) of one message. */
export const CONTENT_LIMIT = 8192;
/** Bytes of one frame. */
export const FRAME_LIMIT = 64 * 1024;
