// Let into a room: what was written there may go now. Two spellings that we held for two rooms may turn
// out to be one: what was written and begun in the one goes along to the other.

export function watchEntering(messenger) {
  const { courier, outbox, receipts, rooms, writing } = messenger;
  rooms.on('entered', () => {
    courier.flush();
    receipts.resume();
  });
  rooms.on('elsewhere', (from, to) => {
    outbox.move(from.id, to.id);
    writing.showAll();
    messenger.emit('moved', from.id, to.id);
    if (from === messenger.opened) messenger.open(to.person);
    else rooms.enter(to);
  });
}
