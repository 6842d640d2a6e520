// /rooms: the public rooms with how many are in. Going into one leads to its own page.
import { Api } from '../parley/api.js';
import { systemClock } from '../parley/clock.js';
import { LOGIN_FAILED } from '../parley/codes.js';
import { personOf } from '../parley/person.js';
import { PublicRooms } from '../parley/public_rooms.js';
import { wipe } from '../parley/storage.js';
import { avatarOf } from '../parley/view/avatar.js';
import { el, isolated } from '../parley/view/dom.js';
import { icon } from '../parley/view/icons.js';
import { Mount } from '../parley/view/mount.js';
import { RoomsView } from '../parley/view/rooms.js';
import { pageTranslator } from './words.js';

export function showRooms(element, styles) {
  const { me, locale, direction } = element.dataset;
  const t = pageTranslator(locale);
  const context = { t, locale, baseUrl: '', clock: systemClock };
  const rooms = new PublicRooms({ api: new Api() });
  const view = new RoomsView({ context, rooms, onOpen: (name) => window.location.assign(`/rooms/${encodeURIComponent(name)}`) });
  const leave = () => signOut().catch(() => {
    view.problem.textContent = t('error_network');
  });
  const { root } = new Mount(element, styles, 'panel', 'auto');
  root.append(el('div', { class: 'parley parley--single', lang: locale, dir: direction }, head(personOf(JSON.parse(me)), t, leave),
    el('div', { class: 'parley-lobby' }, view.node)));
  rooms.on('change', () => rooms.failed === LOGIN_FAILED && gone());
  view.start();
  document.title = `${t('rooms')} – Parley`;
  // A page that nobody looks at asks for nothing.
  document.addEventListener('visibilitychange', () => (document.visibilityState === 'visible' ? view.start() : view.stop()));
}

function head(me, t, leave) {
  const button = (label, name, run) => el('button', { class: 'parley-iconbutton', type: 'button', title: label, 'aria-label': label,
    on: { click: run } }, icon(name));
  return el('header', { class: 'parley-head' }, avatarOf(me).node,
    el('h1', { class: 'parley-head-text' }, isolated(me.name, 'parley-head-name'), el('span', { class: 'parley-head-line' }, isolated(`@${me.username}`))),
    button(t('conversations'), 'talk', () => window.location.assign('/')), button(t('sign_out'), 'exit', leave));
}

/** Without the server's word the session goes on. */
async function signOut() {
  await new Api().signOut().catch((error) => {
    if (error.errorcode !== LOGIN_FAILED) throw error;
  });
  gone();
}

function gone() {
  for (const storage of [sessionStorage, localStorage]) wipe(storage);
  window.location.reload();
}
