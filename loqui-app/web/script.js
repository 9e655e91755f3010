// The section of the script: shows an estimate of segments, duration and cost while the user types.

import { post } from './api.js';
import { length, showFindings } from './voice.js';

const byId = (id) => document.getElementById(id);
const PAUSE = 350;

export class Script {
  onSpeak = async () => {};

  #waiting = null;
  #asking = null;

  constructor() {
    byId('script').addEventListener('input', () => {
      clearTimeout(this.#waiting);
      this.#waiting = setTimeout(() => this.estimate(), PAUSE);
    });
    byId('speak').addEventListener('click', () => this.#speak());
  }

  async estimate() {
    const text = byId('script').value;
    this.#asking?.abort();
    if (!text.trim()) {
      byId('estimate').textContent = '0 characters';
      byId('script-findings').replaceChildren();
      return;
    }
    this.#asking = new AbortController();
    try {
      const answer = await post('/api/estimate', { script_text: text }, this.#asking.signal);
      const parts = answer.segments === 1 ? '1 segment' : `${answer.segments} segments`;
      const cost = answer.estimated_cost_usd > 0 ? `about $${answer.estimated_cost_usd.toFixed(4)}` : 'free';
      byId('estimate').textContent =
        `${answer.characters} characters · ${parts} · about ${length(answer.estimated_duration_seconds)} of speech · ${cost}`;
      showFindings(byId('script-findings'), answer.findings);
    } catch (problem) {
      if (problem.name === 'AbortError') return;
      byId('estimate').textContent = String(problem);
    }
  }

  async #speak() {
    byId('script-problem').textContent = '';
    byId('speak').disabled = true;
    try {
      const name = byId('title').value.trim();
      await this.onSpeak({ script_text: byId('script').value, ...(name && { model_name: name }) });
    } catch (problem) {
      byId('script-problem').textContent = problem.toString().replace(/^Error: /, '');
    } finally {
      byId('speak').disabled = false;
    }
  }
}
