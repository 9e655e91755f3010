// The account: sign in, register, sign out.

import { form, get, post, token } from './api.js';

const byId = (id) => document.getElementById(id);

export class Account {
  onChange = () => {};

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
      this.leave();
    });
  }

  async begin() {
    if (!token.read()) return this.onChange(null);
    try {
      this.onChange(await get('/api/auth/me'));
    } catch {
      this.leave();
    }
  }

  leave() {
    token.forget();
    this.onChange(null);
  }

  async #try(work) {
    byId('account-problem').textContent = '';
    try {
      await work();
      byId('password').value = '';
    } catch (problem) {
      byId('account-problem').textContent = String(problem);
    }
  }

  async #signIn() {
    const fields = new URLSearchParams({ username: byId('username').value, password: byId('password').value });
    const answer = await form('/api/auth/login', fields);
    token.keep(answer.access_token);
    this.onChange(await get('/api/auth/me'));
  }

  async #register() {
    await post('/api/auth/register', { username: byId('username').value, password: byId('password').value });
    await this.#signIn();
  }
}
