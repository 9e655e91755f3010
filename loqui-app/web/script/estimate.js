// The estimate of duration and cost, and the findings, while the user writes.

import { Problem, post } from '../lib/api.js';
import { clock, money } from '../lib/format.js';
import { t } from '../lib/text.js';
import { inWords } from '../lib/words.js';

const PAUSE = 350;

export class Estimate {
  /** @type {(words: string, findings: any[]) => void} */
  onChange = () => {};
  /** The most characters that the server reads at once. */
  limit = Infinity;
  #timer = 0;
  #asking = new AbortController();

  /** Asks soon. A later call replaces this one. @param {string} text @param {string | undefined} model */
  later(text, model) {
    clearTimeout(this.#timer);
    this.#asking.abort();
    if (!text.trim()) return this.onChange(t('estimate.empty'), []);
    this.#timer = window.setTimeout(() => this.#ask(text, model), PAUSE);
  }

  /** @param {string} text @param {string | undefined} model */
  async #ask(text, model) {
    this.#asking = new AbortController();
    const { signal } = this.#asking;
    // The start of a long text stands for all of it.
    const asked = text.length > this.limit ? text.slice(0, this.limit) : text;
    try {
      const answer = await post('/api/estimate', { script_text: asked, ...(model && { model }) }, signal);
      const scale = [...text].length / Math.max(1, answer.characters);
      const words = t('estimate.words', {
        n: Math.round(answer.word_count * scale),
        length: clock(answer.estimated_duration_seconds * scale),
        cost: money(answer.estimated_cost_usd * scale),
      });
      this.onChange(words, answer.findings);
    } catch (problem) {
      if (signal.aborted) return;
      const limit = tooLong(problem);
      if (limit && limit < this.limit) {
        this.limit = limit;
        return this.#ask(text, model);
      }
      this.onChange(inWords(problem), []);
    }
  }
}

/** Returns the limit if the problem is a text above it. @param {any} problem @returns {number | undefined} */
export function tooLong(problem) {
  const field = problem instanceof Problem && problem.fields.find(({ loc, type }) => loc.includes('script_text') && type === 'length');
  return field ? Number(field.msg.match(/\d+/g)?.at(-1)) || undefined : undefined;
}
