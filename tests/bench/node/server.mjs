// What a Node programmer would write: ws, mysql2, a pool of ten, one insert awaited per message.
// The wire shapes are Parley's; no seq, no dedupe, no receipts, no checks. With several messages in
// flight it reorders them: whichever of the ten connections is first, is first.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';
import mysql from 'mysql2/promise';
import { WebSocketServer } from 'ws';

const POOL = 10;
const BEARER = 'parley.bearer.';
const FLAGS = ['port', 'database-url', 'identity-secrets-file', 'ping-interval'];
const { values: options } = parseArgs({
  strict: false, // Parley's other flags mean nothing here
  options: Object.fromEntries(FLAGS.map((name) => [name, { type: 'string' }])),
});
const secrets = JSON.parse(readFileSync(options['identity-secrets-file'], 'utf8'));
const pool = mysql.createPool({ uri: options['database-url'], connectionLimit: POOL });
await pool.query(`CREATE TABLE chatlog (
  id BIGINT PRIMARY KEY AUTO_INCREMENT, me INT NOT NULL, other INT NOT NULL,
  client_id VARCHAR(64) NOT NULL, content TEXT NOT NULL, time BIGINT NOT NULL,
  INDEX (me), INDEX (other)) CHARACTER SET utf8mb4`);

const clients = new Map();
const people = new Map();

function subjectOf(protocols) {
  const token = protocols.find((name) => name.startsWith(BEARER)).slice(BEARER.length);
  const [head, claims, signature] = token.split('.');
  const { kid } = JSON.parse(Buffer.from(head, 'base64url'));
  const expected = createHmac('sha256', secrets[kid]).update(`${head}.${claims}`).digest();
  if (!timingSafeEqual(expected, Buffer.from(signature, 'base64url'))) throw new Error('signature');
  return JSON.parse(Buffer.from(claims, 'base64url')).sub;
}

async function take(socket, raw) {
  const { data } = JSON.parse(raw);
  const time = Date.now();
  const [{ insertId: seq }] = await pool.execute(
    'INSERT INTO chatlog (me, other, client_id, content, time) VALUES (?, ?, ?, ?, ?)',
    [socket.userId, data.other, data.client_id, data.content, time],
  );
  const other = clients.get(data.other);
  const mine = ['>', data.content, 'just now', { seq, time, client_id: data.client_id }];
  const theirs = ['<', data.content, 'just now', { seq, time }];
  socket.send(JSON.stringify({ errorcode: other ? 1 : 2, data: { user_id: data.other, data: mine } }));
  other?.send(JSON.stringify({ errorcode: 0, data: { user_id: socket.userId, data: theirs } }));
}

const server = createServer();
const sockets = new WebSocketServer({ server, maxPayload: 65536, perMessageDeflate: false });
sockets.on('connection', (socket, request) => {
  const subject = subjectOf(request.headers['sec-websocket-protocol'].split(',').map((s) => s.trim()));
  if (!people.has(subject)) people.set(subject, people.size + 1);
  socket.userId = people.get(subject);
  clients.set(socket.userId, socket);
  socket.on('message', (raw) => take(socket, raw));
  socket.on('close', () => clients.delete(socket.userId));
  const user = { user_id: socket.userId, username: subject };
  socket.send(JSON.stringify({ errorcode: 3, data: { event: 'hello', user } }));
});
setInterval(() => sockets.clients.forEach((socket) => socket.ping()), 1000 * (options['ping-interval'] ?? 25));
server.listen(Number(options.port), '127.0.0.1', () => {
  console.log(`Parley is ready on http://127.0.0.1:${options.port} (Node)`);
});
