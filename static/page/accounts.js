// Coming in and going out: the calls that only the page makes, from the server's own origin.
import { Api } from '../parley/api.js';

export class Accounts extends Api {
  signIn(username, password) {
    return this.call('POST', '/api/v1/session', { username, password });
  }

  register(username, password, nickname) {
    return this.call('POST', '/api/v1/users', { username, password, nickname: nickname || undefined });
  }

  signInAsGuest(nickname) {
    return this.call('POST', '/api/v1/guests', { nickname: nickname || undefined });
  }

  signOut() {
    return this.call('DELETE', '/api/v1/session');
  }
}
