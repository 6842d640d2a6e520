// The browser's own notifications: only where somebody switched them on, which is also what asks for them.

const BODY = 200;

/** To be called from a click. True when they may be shown. */
export async function askForNotices() {
  try {
    return (await Notification.requestPermission()) === 'granted';
  } catch {
    return false; // no such thing here
  }
}

export function mayNotify() {
  return globalThis.Notification?.permission === 'granted';
}

export function notify({ person, content, icon, onClick }) {
  try {
    const notice = new Notification(person.name, { body: content.slice(0, BODY), tag: `parley-${person.id}`, icon, silent: true });
    notice.onclick = () => {
      window.focus();
      notice.close();
      onClick();
    };
  } catch {
    // Some phones know the word but not the thing.
  }
}
