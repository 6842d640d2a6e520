// Where one writes. A conversation between two is known by the other's user id (a number), a room by
// "room:" and its name in lower case: whichever spelling somebody came by, it is one place.
import { personOf } from './person.js';

const ROOM = 'room:';
/** The same thing has another name in a room. */
const IN_ROOMS = { 'chat-to': 'room-say', read: 'room-read', 'realtime-chat': 'room-chat' };

export function roomPlace(name) {
  return ROOM + name.trim().normalize('NFKC').toLowerCase();
}

export function isRoom(place) {
  return typeof place === 'string' && place.length > ROOM.length && place.startsWith(ROOM);
}

export function isPlace(place) {
  return Number.isSafeInteger(place) || isRoom(place);
}

/** A room has a name and a picture as people have, so that whatever shows the one can show the other. */
export function roomPerson(name) {
  return { id: roomPlace(name), username: '', name, avatar: null, kind: 'room' };
}

/** Who or what is there, as far as the place itself says it. */
export function personAt(place) {
  return isRoom(place) ? roomPerson(place.slice(ROOM.length)) : personOf({ user_id: place });
}

/** Whom a row of a list or a packet is about: a room, a person, or null. */
export function whoseIs(facts) {
  return typeof facts?.room === 'string' && facts.room.trim() ? roomPerson(facts.room) : personOf(facts);
}

/** What has to be asked for to have this done there: [opt, data]. */
export function requestTo(place, opt, data) {
  return isRoom(place) ? [IN_ROOMS[opt], { room: place.slice(ROOM.length), ...data }] : [opt, { other: place, ...data }];
}
