// The page for programs: API keys, snippets, usage.

import { get, post, remove, server } from '../lib/api.js';
import { button, byId, h } from '../lib/dom.js';
import { clock, day } from '../lib/format.js';
import { currentLanguage, t } from '../lib/text.js';
import { inWords } from '../lib/words.js';
import { SNIPPETS } from './snippets.js';

const NO_KEY = 'YOUR_API_KEY';

export class Programs {
  /** The chosen voice. @type {() => {id: number, name: string} | null} */
  voice = () => null;
  #chosen = 'curl';
  /** The key that was just created. It is shown only once. */
  #key = '';

  constructor() {
    byId('key-form').addEventListener('submit', (event) => {
      event.preventDefault();
      this.#create();
    });
    byId('snippet-copy').addEventListener('click', () => copy(byId('snippet').textContent, byId('snippet-copy'), t('copy')));
    byId('key-copy').addEventListener('click', () => copy(this.#key, byId('key-copy'), t('copy')));
    byId('snippet-kinds').replaceChildren(
      ...Object.keys(SNIPPETS).map((kind) =>
        button({ text: t(`snippet.${kind}`), class: 'tab', 'data-kind': kind, onclick: () => this.#show(kind) }),
      ),
    );
  }

  async load() {
    this.#tell('');
    this.#show(this.#chosen);
    try {
      const [{ keys }, stats] = await Promise.all([get('/api/auth/keys'), get('/api/monitoring/stats')]);
      this.#keys(keys);
      this.#usage(stats);
    } catch (problem) {
      this.#tell(inWords(problem));
    }
  }

  /** Forgets the key that was shown. */
  leave() {
    this.#key = '';
    byId('key-new').hidden = true;
  }

  /** @param {string} kind */
  #show(kind) {
    this.#chosen = kind;
    for (const tab of byId('snippet-kinds').children) tab.setAttribute('aria-pressed', String(tab.dataset.kind === kind));
    const voice = this.voice();
    byId('snippet-note').textContent = voice ? t('snippet.note', { voice: voice.name }) : t('snippet.no_voice');
    byId('snippet').textContent = SNIPPETS[kind]({
      origin: server(),
      key: this.#key || NO_KEY,
      voice: voice ?? { id: 1, name: t('add.mine') },
      text: t('snippet.text'),
    });
  }

  /** @param {any[]} keys */
  #keys(keys) {
    byId('keys-empty').hidden = keys.length > 0;
    byId('keys').replaceChildren(
      ...keys.map(({ key_id: id, name, start, created_at: at }) =>
        h(
          'li',
          { class: 'item' },
          h('div', { class: 'item-words' }, h('h3', null, name), h('p', { class: 'hint' }, h('code', null, `${start}…`), ` · ${day(at)}`)),
          button({ text: t('keys.revoke'), label: t('keys.revoke.label', { name }), class: 'quiet danger', onclick: () => this.#revoke(id, name) }),
        ),
      ),
    );
  }

  /** @param {any} stats */
  #usage(stats) {
    const size = (/** @type {number} */ mb) =>
      new Intl.NumberFormat(currentLanguage(), { style: 'unit', unit: 'megabyte', maximumFractionDigits: 1 }).format(mb);
    const rows = [
      ['usage.speech', clock(stats.total_duration_seconds)],
      ['usage.done', String(stats.completed_generations)],
      ['usage.running', String(stats.pending_generations)],
      ['usage.failed', String(stats.failed_generations)],
      ['usage.voices', String(stats.total_samples)],
      ['usage.week', String(stats.recent_generations)],
    ];
    byId('usage').replaceChildren(...rows.map(([name, value]) => h('div', null, h('dt', null, t(name)), h('dd', null, value))));
    byId('storage').max = stats.storage_limit_mb;
    byId('storage').value = stats.storage_used_mb;
    byId('storage-said').textContent = t('usage.storage', { used: size(stats.storage_used_mb), limit: size(stats.storage_limit_mb) });
  }

  async #create() {
    this.#tell('');
    const name = byId('key-name').value.trim();
    try {
      const made = await post('/api/auth/keys', { name });
      this.#key = made.key;
      byId('key-name').value = '';
      byId('key-new').hidden = false;
      byId('key-text').textContent = made.key;
      byId('key-copy').focus();
      await this.load();
    } catch (problem) {
      this.#tell(inWords(problem));
    }
  }

  /** @param {number} id @param {string} name */
  async #revoke(id, name) {
    if (!confirm(t('keys.revoke.sure', { name }))) return;
    this.#tell('');
    try {
      await remove(`/api/auth/keys/${id}`);
      this.leave();
      await this.load();
      byId('key-name').focus();
    } catch (problem) {
      this.#tell(inWords(problem));
    }
  }

  /** @param {string} words */
  #tell(words) {
    byId('programs-problem').textContent = words;
  }
}

/** Copies a text, and says so on the button. @param {string} text @param {HTMLElement} pressed @param {string} before */
async function copy(text, pressed, before) {
  try {
    await navigator.clipboard.writeText(text);
    pressed.textContent = t('copied');
  } catch {
    pressed.textContent = t('copy.failed');
  }
  setTimeout(() => (pressed.textContent = before), 2000);
}
