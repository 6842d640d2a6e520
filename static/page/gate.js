// Signing up, signing in, or entering as a guest: one small form with three faces.
import { SafeStorage, storageOf } from '../parley/storage.js';
import { el } from '../parley/view/dom.js';
import { Accounts } from './accounts.js';
import { failureOf } from './failure.js';
import { pageTranslator } from './words.js';

export function showGate(element) {
  const { locale, registration, guests } = element.dataset;
  const t = pageTranslator(locale);
  const faces = facesOf(t, new Accounts(), { registration: registration === 'on', guests: guests === 'on' });
  const card = el('div', { class: 'page-card' });
  const show = (name) => card.replaceChildren(...cardOf(t, faces, faces[name], show));
  const count = unsent();
  const kept = el('p', { class: 'page-kept', role: 'status', hidden: count === 0 }, t('unsent_kept', { count }));
  element.append(brand(t), kept, card);
  show(window.location.hash === '#register' && faces.register ? 'register' : 'signIn');
}

/** Messages that somebody wrote here before their sign-in ended. */
function unsent() {
  return new SafeStorage(storageOf('localStorage'), '').keys().filter((key) => key.includes('/outbox/')).length;
}

function facesOf(t, api, { registration, guests }) {
  const username = { name: 'username', label: t('username'), autocomplete: 'username', maxlength: 64, required: true, autocapitalize: 'none' };
  const password = { name: 'password', label: t('password'), type: 'password', required: true };
  const nickname = { name: 'nickname', short: t('nickname'), maxlength: 64, autocomplete: 'nickname' };
  return {
    signIn: {
      title: t('sign_in_title'), button: t('sign_in'), link: t('sign_in_instead'),
      fields: [username, { ...password, autocomplete: 'current-password' }],
      submit: (values) => api.signIn(values.username, values.password),
    },
    register: registration && {
      registering: true, title: t('sign_up_title'), button: t('sign_up'), link: t('sign_up_instead'),
      fields: [username, { ...nickname, label: t('nickname_optional') }, { ...password, autocomplete: 'new-password' }],
      submit: (values) => api.register(values.username, values.password, values.nickname),
    },
    guest: guests && {
      title: t('guest_title'), button: t('guest_enter'), link: t('guest_instead'),
      asGuest: true, fields: [{ ...nickname, label: t('guest_name'), hint: t('guest_name_hint') }],
      submit: (values) => api.signInAsGuest(values.nickname),
    },
  };
}

function brand(t) {
  return el('header', { class: 'page-brand' }, el('img', { src: new URL('./icon.svg', import.meta.url).href, alt: '', width: 44, height: 44 }),
    el('h1', {}, 'Parley'), el('p', {}, t('tagline')));
}

function cardOf(t, faces, face, show) {
  const others = Object.entries(faces).filter(([, other]) => other && other !== face);
  const links = others.map(([name, { link }]) => el('button', {
    class: 'parley-link', type: 'button', on: { click: () => show(name) },
  }, link));
  return [formOf(t, face), el('div', { class: 'page-others' }, ...links)];
}

function formOf(t, face) {
  const problem = el('p', { class: 'page-problem', role: 'alert' });
  const button = el('button', { class: 'parley-button', type: 'submit' }, face.button);
  const form = el('form', { class: 'page-form' }, el('h2', {}, face.title), ...face.fields.map(fieldOf), problem, button);
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    button.disabled = true;
    problem.textContent = '';
    for (const input of form.querySelectorAll('[aria-invalid]')) input.removeAttribute('aria-invalid');
    try {
      await face.submit(Object.fromEntries(new FormData(form)));
      window.location.reload();
    } catch (error) {
      const { text, field } = failureOf(error, t, face);
      problem.textContent = text;
      button.disabled = false;
      if (field) blame(form.elements.namedItem(field.name));
    }
  });
  queueMicrotask(() => form.querySelector('input').focus());
  return form;
}

/** It is told to be wrong and gets the focus: what is said of it is in the alert. */
function blame(input) {
  input.setAttribute('aria-invalid', 'true');
  input.focus();
}

function fieldOf({ label, short, hint, name, type = 'text', ...attributes }) {
  const described = hint ? { 'aria-describedby': `page-hint-${name}` } : {};
  const field = el('label', { class: 'page-field' }, el('span', {}, label),
    el('input', { name, type, spellcheck: 'false', ...described, ...attributes }));
  // Beside the label, not in it: a hint is no part of the field's name.
  return hint ? el('div', { class: 'page-hinted' }, field, el('p', { class: 'page-hint', id: `page-hint-${name}` }, hint)) : field;
}
