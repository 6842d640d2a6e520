// The page itself: the messenger for somebody signed in, the gate for everybody else.
import { install } from '../parley/jquery.parley.js';
import { startChat } from './chat.js';
import { showGate } from './gate.js';

install(window.jQuery);

const chat = document.getElementById('chat');
const gate = document.getElementById('gate');
if (chat) startChat(window.jQuery, chat);
if (gate) showGate(gate);
