// Node's `ws` against an echo: prints what it heard, as JSON. The address is the only argument.
import { once } from 'node:events';
import WebSocket from 'ws';

const socket = new WebSocket(process.argv[2], { perMessageDeflate: true });
const heard = [];
const waiting = [];
socket.on('message', (data, binary) => {
  const text = binary ? `bytes:${data.toString('hex')}` : data.toString();
  heard.push(text.length > 100 ? `${text.length}:${text.slice(0, 10)}` : text);
  waiting.shift()?.();
});
const answer = () => new Promise((resolve) => waiting.push(resolve));
const say = (...args) => {
  const heardIt = answer();
  socket.send(...args);
  return heardIt;
};

await once(socket, 'open');
heard.push(`extensions:${socket.extensions}`);
await say('text 😀');
await say(Buffer.from([0, 255, 254]));
await say('x'.repeat(65536));
const whole = answer();
socket.send('one ', { fin: false });
socket.ping('between');
socket.send('two ', { fin: false });
socket.send('three', { fin: true });
const [pong] = await once(socket, 'pong');
heard.push(`pong:${pong}`);
await whole;
for (let number = 0; number < 500; number += 1) socket.send(`${number}`);
for (let number = 0; number < 499; number += 1) waiting.push(() => {});
await answer();
socket.send('close');
const [code, reason] = await once(socket, 'close');
heard.push(`closed:${code}:${reason}`);
console.log(JSON.stringify(heard));
