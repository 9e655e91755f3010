// One speech that is being made: one generation for each part, in order.

import { blob, get, open, post } from '../lib/api.js';
import { events } from '../lib/events.js';
import { coded } from '../lib/words.js';
import { t } from '../lib/text.js';
import { cues, timeline } from './cues.js';
import { joined, samplesOf } from './wav.js';

/** @typedef {{ids: number[], title: string, parts: import('../script/parts.js').Part[]}} Made
 * `ids` are the generations of the parts */

// The pause between parts, in seconds.
const BETWEEN = 0.35;

/**
 * Creates the generations of a speech.
 * @param {import('../script/parts.js').Part[]} parts @param {string} title @param {Record<string, any>} options
 * @returns {Promise<Made>}
 */
export async function create(parts, title, options) {
  const ids = [];
  const key = unique();
  for (const [index, { voice, text }] of parts.entries()) {
    const name = parts.length > 1 ? `${title.slice(0, 84)} (${index + 1}/${parts.length})` : title;
    const body = { ...options, sample_id: voice, script_text: text, model_name: name.slice(0, 100) };
    const made = await post('/api/generation/create', body, undefined, { 'idempotency-key': `${key}-${index}` });
    ids.push(made.audio_id);
  }
  return { ids, title, parts };
}

// `crypto.randomUUID` exists only on secure origins.
const unique = () => Array.from(crypto.getRandomValues(new Uint32Array(4)), (number) => number.toString(16)).join('');

export class Failure extends Error {
  /** @param {string} words @param {number} id the generation that failed */
  constructor(words, id) {
    super(words);
    this.words = words;
    this.id = id;
  }
}

/**
 * Follows the generations until the last one is complete.
 * @param {Made} made @param {AbortSignal} signal @param {(percent: number, words: string) => void} onProgress
 */
export async function follow({ ids, parts }, signal, onProgress) {
  const lengths = parts.map(({ text }) => text.length);
  const all = lengths.reduce((sum, length) => sum + length, 0);
  let before = 0;
  for (const [index, id] of ids.entries()) {
    let end = null;
    do {
      for await (const event of events(id, signal, end ? Number(end.id) : 0)) {
        const percent = Math.round(((before + (lengths[index] * event.progress) / 100) / all) * 100);
        if (event.name === 'end') end = event;
        else onProgress(percent, stage(event, index, ids.length));
      }
      // After a retry, the events go on behind the end of the attempt that failed.
    } while (end.status !== 'COMPLETED' && !(await hasFailed(id)));
    before += lengths[index];
    onProgress(Math.round((before / all) * 100), t('stage.joining'));
  }
}

/** @param {any} event @param {number} index @param {number} count */
function stage({ stage: name, message }, index, count) {
  const words = { queued: t('stage.queued'), speaking: t('stage.speaking'), stitching: t('stage.joining') }[name] ?? message;
  return count > 1 ? `${words} (${index + 1}/${count})` : words;
}

/** Throws if the generation has failed, and returns false if it was started again. @param {number} id */
async function hasFailed(id) {
  const { status, error } = await get(`/api/generation/${id}`);
  if (status === 'COMPLETED') return true;
  if (status === 'FAILED') throw new Failure(coded(error?.code ?? '', error?.message ?? '', error?.hint ?? ''), id);
  return false;
}

/** @typedef {{file: Blob, samples: Int16Array, rate: number, duration: number, cues: import('./cues.js').Cue[],
 *   blocks: {id: number, start: number, end: number, spoken: string, time: (position: number) => number}[]}} Sound */

/**
 * Loads the finished speech, and finds the times of its sentences.
 * @param {Made} made @param {AbortSignal} signal @returns {Promise<Sound>}
 */
export async function load({ ids, parts }, signal) {
  const files = [];
  const subtitles = [];
  const whole = [];
  for (const id of ids) {
    const file = await blob(`/api/library/download/generated/${id}`, signal);
    whole.push(file);
    files.push(samplesOf(await file.arrayBuffer()));
    subtitles.push(cues(await (await open(`/api/generation/${id}/subtitles?format=vtt`, signal)).text()));
  }
  // A single file is offered as the server made it, with its notes.
  const { file, starts } = ids.length > 1 ? joined(files, BETWEEN) : { file: whole[0], starts: [0] };
  const sound = ids.length > 1 ? samplesOf(await file.arrayBuffer()) : files[0];
  const shifted = subtitles.map((list, index) =>
    list.map((cue) => ({ ...later(cue, starts[index]), words: cue.words.map((word) => later(word, starts[index])) })),
  );
  const blocks = parts.flatMap(({ text, ranges }, index) => {
    const time = timeline(text, shifted[index]);
    return ranges.map(({ id, start, end, spoken }) => ({
      id,
      start: time(start),
      end: time(end),
      spoken,
      time: (/** @type {number} */ position) => time(start + position),
    }));
  });
  return { file, ...sound, duration: sound.samples.length / sound.rate, cues: shifted.flat(), blocks };
}

/** @template {import('./cues.js').Cue} T @param {T} cue @param {number} seconds @returns {T} */
const later = (cue, seconds) => ({ ...cue, start: cue.start + seconds, end: cue.end + seconds });

/** @param {Made} made */
export const cancel = ({ ids }) =>
  Promise.all(ids.map((id) => post(`/api/generation/${id}/cancel`).catch((problem) => {
    // Parts that have ended cannot be cancelled.
    if (problem.status >= 500 || problem.status === 0) throw problem;
  })));
