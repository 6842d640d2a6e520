// The page itself: the messenger for somebody signed in, the gate for everybody else.
import { install } from '../parley/jquery.parley.js';
import { startChat } from './chat.js';
import { showGate } from './gate.js';

const sheet = document.querySelector('link[href*="parley/parley.css"]').href;
const styles = await fetch(sheet).then((response) => {
  if (!response.ok) throw new Error(`no style sheet: ${response.status}`);
  return response.text();
});
install(window.jQuery, { styles });

const chat = document.getElementById('chat');
const gate = document.getElementById('gate');
if (chat) startChat(window.jQuery, chat);
if (gate) showGate(gate);
