// The account: sign in, register, sign out. All tabs of the browser share it.

import { form, get, post, token } from '../lib/api.js';
import { byId } from '../lib/dom.js';
import { whenChanged } from '../lib/keep.js';
import { t } from '../lib/text.js';
import { inWords } from '../lib/words.js';

export class Account {
  /** @type {(user: any) => void} called with the user, or null after signing out */
  onChange = () => {};
  #user = '';

  constructor() {
    byId('account-form').addEventListener('submit', (event) => {
      event.preventDefault();
      this.#try(() => this.#signIn());
    });
    byId('register').addEventListener('click', () => {
      if (byId('account-form').reportValidity()) this.#try(() => this.#register());
    });
    byId('sign-out').addEventListener('click', async () => {
      await post('/api/auth/logout').catch(() => {});
      byId('username').value = '';
      this.leave();
    });
    // Another tab signed in or out.
    whenChanged('token', (now) => {
      if (!now) this.#is(null);
      else if (!this.#user) this.begin();
    });
  }

  async begin() {
    if (!token.read()) return this.#is(null);
    try {
      this.#is(await get('/api/auth/me'));
    } catch (problem) {
      if (problem.status === 401) return this.leave();
      this.#is(null);
      this.#tell(inWords(problem));
    }
  }

  /** @param {string} [words] the reason, if the user did not ask for it */
  leave(words = '') {
    token.forget();
    this.#is(null);
    this.#tell(words);
  }

  /** @param {any} user */
  #is(user) {
    this.#user = user?.username ?? '';
    byId('who').textContent = this.#user;
    this.onChange(user);
  }

  /** @param {() => Promise<void>} work */
  async #try(work) {
    this.#tell('');
    byId('sign-in').disabled = byId('register').disabled = true;
    try {
      await work();
      byId('password').value = '';
    } catch (problem) {
      this.#tell(inWords(problem));
    } finally {
      byId('sign-in').disabled = byId('register').disabled = false;
    }
  }

  async #signIn() {
    const fields = new URLSearchParams({ username: byId('username').value.trim(), password: byId('password').value });
    const answer = await form('/api/auth/login', fields);
    token.keep(answer.access_token);
    this.#is(await get('/api/auth/me'));
  }

  async #register() {
    await post('/api/auth/register', { username: byId('username').value.trim(), password: byId('password').value });
    await this.#signIn();
  }

  /** @param {string} words */
  #tell(words) {
    byId('account-problem').textContent = words;
  }
}

export const expired = () => t('account.expired');
