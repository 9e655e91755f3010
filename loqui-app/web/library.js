// The library: lists, plays and deletes speech and voices.

import { blob, get, remove } from './api.js';
import { element, length } from './voice.js';

const byId = (id) => document.getElementById(id);

export class Library {
  onChange = () => {};
  onFollow = () => {};

  async load() {
    byId('library-problem').textContent = '';
    try {
      const { items } = await get('/api/library/all');
      const samples = items.filter((item) => item.item_type === 'sample');
      const speeches = items.filter((item) => item.item_type === 'generated');
      fill('voices', samples, 'No voice yet.', (item) => this.#voice(item));
      fill('speeches', speeches, 'No speech yet.', (item) => this.#speech(item));
      return { samples, speeches };
    } catch (problem) {
      byId('library-problem').textContent = String(problem);
      return null;
    }
  }

  #speech(item) {
    const done = item.status === 'COMPLETED';
    const state = done ? length(item.duration_seconds) : item.status.toLowerCase();
    const row = entry(item.model_name, `${state} · ${day(item.generated_at)} · ${start(item.script_text)}`);
    if (done) row.append(this.#play(row, `/api/library/download/generated/${item.audio_id}`, item.model_name));
    else row.append(action('Show', `Show ${item.model_name}`, () => this.onFollow(item)));
    if (done || item.status === 'FAILED') row.append(this.#delete(`generated/${item.audio_id}`, item.model_name));
    return row;
  }

  #voice(item) {
    const row = entry(item.sample_name, `${length(item.duration_seconds)} · ${day(item.uploaded_at)}`);
    row.append(this.#play(row, `/api/library/download/sample/${item.sample_id}`, item.sample_name));
    row.append(this.#delete(`sample/${item.sample_id}`, item.sample_name, 'and all speech generated with it '));
    return row;
  }

  #play(row, path, name) {
    return action('Play', `Play ${name}`, async () => {
      row.querySelector('audio')?.remove();
      const player = document.createElement('audio');
      player.controls = true;
      player.src = URL.createObjectURL(await blob(path));
      row.append(player);
      player.play().catch(() => {});
    });
  }

  #delete(path, name, more = '') {
    return action('Delete', `Delete ${name}`, async () => {
      if (!confirm(`Delete “${name}” ${more}permanently?`)) return;
      await remove(`/api/library/${path}`);
      this.onChange();
    });
  }
}

function fill(id, items, empty, row) {
  const rows = items.map(row);
  if (rows.length === 0) {
    const nothing = element('li', empty);
    nothing.className = 'empty';
    rows.push(nothing);
  }
  byId(id).replaceChildren(...rows);
}

function entry(name, more) {
  const row = document.createElement('li');
  const words = element('span', name);
  words.className = 'name';
  words.append(element('small', more));
  row.append(words);
  return row;
}

function action(text, label, work) {
  const button = element('button', text);
  button.type = 'button';
  button.className = 'quiet';
  button.setAttribute('aria-label', label);
  button.addEventListener('click', async () => {
    try {
      await work();
    } catch (problem) {
      byId('library-problem').textContent = String(problem);
    }
  });
  return button;
}

const day = (time) => new Date(time).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const start = (text) => (text.length > 60 ? `${text.slice(0, 60).trimEnd()}…` : text);
