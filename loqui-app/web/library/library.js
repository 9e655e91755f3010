// The library: all speech of the user, with search, filter and pages.

import { get, post, remove } from '../lib/api.js';
import { byId } from '../lib/dom.js';
import { t } from '../lib/text.js';
import { inWords } from '../lib/words.js';
import { libraryRow } from './row.js';
import { chosen, grouped, pages } from './items.js';

const PAGE = 20;

export class Library {
  /** @type {(item: import('./items.js').Item) => void} */
  onOpen = () => {};
  /** @type {(item: import('./items.js').Item) => void} */
  onText = () => {};
  /** @type {(id: number) => string} */
  nameOfVoice = () => '';
  /** @type {import('./items.js').Item[]} */
  #items = [];
  #page = 0;
  #loaded = false;

  constructor() {
    byId('search').addEventListener('input', () => this.#turn(0));
    byId('filter').addEventListener('change', () => this.#turn(0));
    byId('page-before').addEventListener('click', () => this.#turn(this.#page - 1));
    byId('page-after').addEventListener('click', () => this.#turn(this.#page + 1));
  }

  async load() {
    this.#tell('');
    byId('library-busy').hidden = this.#loaded;
    try {
      this.#items = grouped((await get('/api/library/generated')).items);
      this.#loaded = true;
    } catch (problem) {
      this.#tell(inWords(problem));
    }
    byId('library-busy').hidden = true;
    this.#render();
  }

  /** @param {number} page */
  #turn(page) {
    this.#page = page;
    this.#tell('');
    this.#render();
  }

  #render() {
    const found = chosen(this.#items, byId('search').value, byId('filter').value);
    const count = pages(found.length, PAGE);
    this.#page = Math.max(0, Math.min(this.#page, count - 1));
    const shown = found.slice(this.#page * PAGE, (this.#page + 1) * PAGE);
    const handlers = {
      nameOfVoice: this.nameOfVoice,
      onOpen: this.onOpen,
      onText: this.onText,
      onDelete: (/** @type {any} */ item) => this.#delete(item),
      onRetry: (/** @type {any} */ item) => this.#retry(item),
    };
    byId('speeches').replaceChildren(...shown.map((item) => libraryRow(item, handlers)));
    byId('library-empty').hidden = this.#items.length > 0 || !this.#loaded;
    byId('library-tools').hidden = this.#items.length === 0;
    byId('library-count').textContent = this.#items.length ? t('library.count', { n: found.length }) : '';
    byId('library-pages').hidden = count < 2;
    byId('page-now').textContent = t('library.page', { page: this.#page + 1, pages: count });
    byId('page-before').disabled = this.#page === 0;
    byId('page-after').disabled = this.#page >= count - 1;
  }

  /** @param {import('./items.js').Item} item */
  async #delete(item) {
    if (!confirm(t('library.delete.sure', { title: item.title }))) return;
    await this.#try(async () => {
      for (const { audio_id: id } of item.parts) await remove(`/api/library/generated/${id}`);
      await this.load();
      byId('library-count').textContent = t('library.deleted', { title: item.title });
      byId('search').focus();
    });
  }

  /** @param {import('./items.js').Item} item */
  #retry(item) {
    return this.#try(async () => {
      for (const { audio_id: id, status } of item.parts) if (status === 'FAILED') await post(`/api/generation/${id}/retry`);
      this.onOpen(item);
      await this.load();
    });
  }

  /** @param {() => Promise<void>} work */
  async #try(work) {
    this.#tell('');
    try {
      await work();
    } catch (problem) {
      this.#tell(inWords(problem));
    }
  }

  /** @param {string} words */
  #tell(words) {
    byId('library-problem').textContent = words;
  }
}
