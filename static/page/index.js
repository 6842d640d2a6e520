// The page itself: the messenger, the rooms or one of them for somebody signed in, the gate for everybody else.
import { install } from '../parley/jquery.parley.js';
import { startChat } from './chat.js';
import { showGate } from './gate.js';
import { startRoom } from './room.js';
import { showRooms } from './rooms.js';
import { stylesOf } from './styles.js';

const styles = await stylesOf();
install(window.jQuery, { styles });

const parts = {
  chat: (element) => startChat(window.jQuery, element),
  room: (element) => startRoom(window.jQuery, element),
  rooms: (element) => showRooms(element, styles),
  gate: showGate,
};
for (const [id, start] of Object.entries(parts)) {
  const element = document.getElementById(id);
  if (element) start(element);
}
