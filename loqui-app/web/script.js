// The section of the script: shows the cost and the spoken text while the user types.

import { post } from './api.js';
import { length, showFindings } from './voice.js';

const byId = (id) => document.getElementById(id);
const PAUSE = 350;
const PRONUNCIATIONS = 'loqui-pronunciations';

export class Script {
  onSpeak = async () => {};

  #waiting = null;
  #asking = null;

  constructor() {
    byId('script').addEventListener('input', () => {
      clearTimeout(this.#waiting);
      this.#waiting = setTimeout(() => this.estimate(), PAUSE);
    });
    const pronunciations = byId('pronunciations');
    pronunciations.value = localStorage.getItem(PRONUNCIATIONS) ?? '';
    pronunciations.addEventListener('input', () => {
      localStorage.setItem(PRONUNCIATIONS, pronunciations.value);
      clearTimeout(this.#waiting);
      this.#waiting = setTimeout(() => this.estimate(), PAUSE);
    });
    byId('spoken').addEventListener('toggle', () => this.estimate());
    byId('speak').addEventListener('click', () => this.#speak());
  }

  #wanted() {
    const pronunciations = byId('pronunciations').value.trim();
    return { script_text: byId('script').value, ...(pronunciations && { pronunciations }) };
  }

  async estimate() {
    const text = byId('script').value;
    this.#asking?.abort();
    if (!text.trim()) {
      byId('estimate').textContent = '0 characters';
      byId('script-findings').replaceChildren();
      byId('spoken-segments').replaceChildren();
      return;
    }
    this.#asking = new AbortController();
    try {
      const answer = await post('/api/estimate', this.#wanted(), this.#asking.signal);
      const parts = answer.segments === 1 ? '1 segment' : `${answer.segments} segments`;
      const cost = answer.estimated_cost_usd > 0 ? `about $${answer.estimated_cost_usd.toFixed(4)}` : 'free';
      byId('estimate').textContent =
        `${answer.characters} characters · ${parts} · about ${length(answer.estimated_duration_seconds)} of speech · ${cost}`;
      showFindings(byId('script-findings'), answer.findings);
      if (byId('spoken').open) await this.#show();
    } catch (problem) {
      if (problem.name === 'AbortError') return;
      byId('estimate').textContent = String(problem);
    }
  }

  // Shows the words of each segment.
  async #show() {
    const answer = await post('/api/script', this.#wanted(), this.#asking.signal);
    const items = answer.segments.map((segment) => {
      const item = document.createElement('li');
      item.textContent = segment.spoken;
      return item;
    });
    byId('spoken-segments').replaceChildren(...items);
  }

  async #speak() {
    byId('script-problem').textContent = '';
    byId('speak').disabled = true;
    try {
      const name = byId('title').value.trim();
      await this.onSpeak({ ...this.#wanted(), ...(name && { model_name: name }) });
    } catch (problem) {
      byId('script-problem').textContent = problem.toString().replace(/^Error: /, '');
    } finally {
      byId('speak').disabled = false;
    }
  }
}
