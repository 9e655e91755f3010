// The voices of the user: cards, the chosen one, the sample voices of the project.

import { form, get, remove } from '../lib/api.js';
import { button, byId } from '../lib/dom.js';
import { keep, read } from '../lib/keep.js';
import { t } from '../lib/text.js';
import { inWords } from '../lib/words.js';
import { AddVoice } from './add.js';
import { voiceCard } from './card.js';

// Synthetic voices, so that a visitor hears something before recording.
const SAMPLES = [
  { name: 'sample.heart', file: 'heart.mp3' },
  { name: 'sample.rms', file: 'rms.mp3' },
];

export class Voices {
  /** @type {() => void} called when the list or the chosen voice changes */
  onChange = () => {};
  /** @type {() => void} called when speech was deleted together with its voice */
  onDeleted = () => {};
  /** @type {any[]} newest first */
  list = [];
  #add = new AddVoice();
  #chosen = Number(read('voice')) || 0;

  constructor() {
    byId('add-voice').addEventListener('click', () => this.#add.open());
    this.#add.onAdded = (sample) => this.#added(sample);
    byId('no-voice-record').addEventListener('click', () => this.#add.open());
    this.#samples();
    this.#acceptDrops();
  }

  /** The id of the chosen voice, or null. */
  get chosen() {
    return this.list.some(({ sample_id: id }) => id === this.#chosen) ? this.#chosen : (this.list[0]?.sample_id ?? null);
  }

  /** @param {number} id */
  named(id) {
    return this.list.find(({ sample_id: known }) => known === id)?.sample_name ?? '';
  }

  async load() {
    this.#tell('');
    try {
      this.list = (await get('/api/samples')).samples;
    } catch (problem) {
      this.#tell(inWords(problem));
    }
    this.#render();
    this.onChange();
  }

  /** Leads to a first voice. */
  ask() {
    this.#add.open();
  }

  /** @param {number} id */
  choose(id) {
    this.#chosen = id;
    keep('voice', String(id));
    const choice = byId('voices').querySelector(`input[value="${id}"]`);
    if (choice) choice.checked = true;
    this.onChange();
  }

  /** @param {any} sample */
  async #added(sample) {
    this.#chosen = sample.sample_id;
    keep('voice', String(sample.sample_id));
    await this.load();
    byId('voices-said').textContent = t('voices.added', { name: sample.sample_name });
  }

  #render() {
    const empty = this.list.length === 0;
    byId('no-voice').hidden = !empty;
    const handlers = {
      onChoose: (id) => this.choose(id),
      onDelete: (sample) => this.#delete(sample),
      onRenamed: () => this.load(),
      onProblem: (problem) => this.#tell(inWords(problem)),
    };
    byId('voices').replaceChildren(
      ...this.list.map((sample) => voiceCard(sample, sample.sample_id === this.chosen, handlers)),
    );
  }

  #samples() {
    for (const place of ['sample-voices', 'more-samples']) {
      byId(place).replaceChildren(
        ...SAMPLES.map(({ name, file }) => button({ text: t(name), onclick: (event) => this.#try(event, t(name), file) })),
      );
    }
  }

  /** Adds a voice of the project. @param {any} event @param {string} name @param {string} file */
  async #try({ currentTarget: pressed }, name, file) {
    pressed.disabled = true;
    this.#tell('');
    try {
      const fields = new FormData();
      fields.set('sample_name', name);
      fields.set('upload_type', 'uploaded');
      fields.set('consent', 'A synthetic voice of the Loqui project.');
      fields.set('file', await (await fetch(new URL(`../voices/${file}`, import.meta.url))).blob(), file);
      await this.#added(await form('/api/samples/upload', fields));
      this.#add.close();
    } catch (problem) {
      this.#tell(inWords(problem));
    } finally {
      pressed.disabled = false;
    }
  }

  /** @param {any} sample */
  async #delete({ sample_id: id, sample_name: name }) {
    if (!confirm(t('voice.delete.sure', { name }))) return;
    this.#tell('');
    try {
      await remove(`/api/library/sample/${id}`);
      await this.load();
      byId('voices-said').textContent = t('voices.deleted', { name });
      byId('add-voice').focus();
      this.onDeleted();
    } catch (problem) {
      this.#tell(inWords(problem));
    }
  }

  #acceptDrops() {
    const card = byId('voices-card');
    for (const name of ['dragover', 'dragleave', 'drop']) {
      card.addEventListener(name, (event) => {
        if (byId('new-voice').open) return;
        event.preventDefault();
        card.classList.toggle('over', name === 'dragover');
        const file = name === 'drop' && event.dataTransfer.files[0];
        if (file) this.#add.openWith(file);
      });
    }
  }

  /** @param {string} words */
  #tell(words) {
    byId('voices-problem').textContent = words;
  }
}
