import assert from 'node:assert/strict';
import { test } from 'node:test';

import { failureOf } from '../../static/page/failure.js';
import { pageTranslator } from '../../static/page/words.js';

const t = pageTranslator('en');
const username = { name: 'username', label: 'Username' };
const password = { name: 'password', label: 'Password' };
const nickname = { name: 'nickname', label: 'Name that others see (optional)', short: 'Your name' };
const signIn = { fields: [username, password] };
const register = { registering: true, fields: [username, nickname, password] };
const guest = { asGuest: true, fields: [{ ...nickname, label: 'Your name (optional)' }] };
const of = (face, errorcode, data) => {
  const { text, field } = failureOf({ errorcode, data }, t, face);
  return [text, field?.name];
};

test('a password that is too short is told how long it has to be, where it is a new one', () => {
  assert.deepEqual(of(register, -2, { field: 'password' }), ['The password needs at least 8 characters.', 'password']);
  assert.deepEqual(of(signIn, -2, { field: 'password' }), ['Please check this: Password.', 'password']);
});

test('a field is named as the form names it', () => {
  assert.deepEqual(of(register, -2, { field: 'nickname' }), ['Please check this: Your name.', 'nickname']);
  assert.deepEqual(of(signIn, -2, { field: 'username' }), ['Please check this: Username.', 'username']);
  assert.deepEqual(of(register, -7, { limit: 64 }), ['Please check what you have entered.', undefined]);
});

test('a new name that cannot be is told what it may be', () => {
  const rule = 'This name cannot be used: 1 to 32 characters, without / and :.';
  for (const [code, data] of [[-2, { field: 'username' }], [-7, { limit: 32 }]]) {
    assert.deepEqual(of(register, code, data), [rule, 'username']);
    assert.deepEqual(of(guest, code, data), [rule, 'nickname']);
  }
});

test('who is refused knows where to go on', () => {
  assert.deepEqual(of(signIn, -3), ['The username or the password is wrong.', 'password']);
  assert.deepEqual(of(register, -5), ['This username is taken.', 'username']);
  assert.equal(of(guest, -5)[1], 'nickname');
  assert.deepEqual(of(signIn, -100), ['The server cannot be reached.', undefined]);
});

test('a wait is told in seconds, a long one in minutes', () => {
  const wait = (seconds) => of(signIn, -6, { retry_after: seconds })[0].replace('Too many attempts. Try again in ', '');
  assert.deepEqual([0.2, 1.1, 120, 121, 899.5].map(wait), ['1 second.', '2 seconds.', '120 seconds.', '3 minutes.', '15 minutes.']);
});
