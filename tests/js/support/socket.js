// The other end of a WebSocket, played by the test.

export function fakeSockets() {
  const sockets = [];
  class FakeSocket {
    readyState = 0;
    sent = [];
    closed = false;

    constructor(url, protocols) {
      Object.assign(this, { url, protocols });
      sockets.push(this);
    }

    send(frame) {
      this.sent.push(JSON.parse(frame));
    }

    close() {
      this.readyState = 3;
      this.closed = true;
    }

    // What the server does:
    hello({ user_id = 1, epoch = 'e1', time } = {}) {
      this.readyState = 1;
      this.push({ errorcode: 3, data: { event: 'hello', user: { user_id, username: 'alice' }, epoch, time } });
    }

    push(packet) {
      this.onmessage?.({ data: typeof packet === 'string' ? packet : JSON.stringify(packet) });
    }

    answer(request, packet) {
      this.push({ ...packet, ref: request.ref });
    }

    end(code) {
      this.readyState = 3;
      this.onclose?.({ code });
    }

    opts(opt) {
      return this.sent.filter((frame) => frame.opt === opt);
    }
  }
  return { FakeSocket, sockets, get last() { return sockets.at(-1); } };
}
