// A room with somebody in it who looks at it.
import { online } from './messenger.js';
import { admit, page } from './rooms.js';

/** The names of who is in, as the list shows them. */
export const names = (room) => room.roster.ordered(1).map(({ name }) => name);

/** Alice in the Lobby, of which the server says this. */
export async function inLobby(given = page(), options = {}) {
  const all = await online(options);
  const room = all.messenger.openRoom('Lobby');
  await admit(all, given);
  all.api.joinedRooms = [{ room: given.room, joined: true }];
  return { ...all, room };
}
