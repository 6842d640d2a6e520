// What a thread can ask for, of the messenger and of the face around it.
import { copyText } from './copy.js';
import { roomActions } from './moderation.js';

export function threadActions(app, send) {
  const { messenger, context: { t }, single } = app;
  const copy = async (text) => app.toast.say(t(await copyText(text) ? 'copied' : 'error_other'));
  const room = roomActions({ rooms: messenger.rooms, me: messenger.me, t, copy, write: single ? null : (person) => messenger.open(person) });
  return {
    send,
    copy,
    typed: (text) => messenger.typed(text),
    retry: (message) => messenger.writing.retry(message),
    discard: (message) => messenger.writing.discard(message),
    loadOlder: () => messenger.history.stateOf(messenger.opened) === 'idle' && messenger.loadOlder(),
    reload: () => reload(messenger),
    saw: (conversation, seq) => app.attention?.isLooking && app.inView && messenger.saw(conversation, seq),
    close: () => (app.back ? app.back() : messenger.close()),
    room: { ...room, leave: async (left) => (await room.leave(left)) && !single && messenger.opened === left && messenger.close() },
    rooms: single ? app.back : () => {
      messenger.close();
      app.browse(true);
    },
  };
}

function reload({ opened, history }) {
  if (!opened) return;
  if (opened.log.length && opened.loaded && !opened.gaps.length) history.older(opened);
  else history.complete(opened);
}
