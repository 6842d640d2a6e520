export const T0 = 1_763_632_800_000;

export function theirs(seq, content = `their ${seq}`) {
  return ['<', content, '', { seq, time: T0 + seq * 1000 }];
}

export function mine(seq, content = `my ${seq}`, clientId = `id${seq}`) {
  return ['>', content, '', { seq, time: T0 + seq * 1000, client_id: clientId }];
}

export const BOB = { user_id: 2, username: 'bob', name: 'Bob', avatar: '/avatar/2.svg', kind: 'local' };
