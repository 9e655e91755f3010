// Starts speech: of a whole script, or of one sentence on trial.

import { blob, remove } from '../lib/api.js';
import { tooLong } from '../script/estimate.js';
import { create, follow } from './job.js';

/** @typedef {import('../script/parts.js').Part} Part */

/**
 * Creates a speech. If the server takes only shorter texts, the script is divided and sent again.
 * @param {{limit: number}} limits @param {() => Part[]} divide @param {string} title @param {Record<string, any>} options
 */
export async function createWithin(limits, divide, title, options) {
  try {
    return await create(divide(), title, options);
  } catch (problem) {
    // The limit of the server is known from its answer.
    const limit = tooLong(problem);
    if (!limit || limit >= limits.limit) throw problem;
    limits.limit = limit;
    return create(divide(), title, options);
  }
}

/**
 * Speaks a sentence anew, and returns its sound. It does not stay in the library.
 * @param {Part[]} parts @param {string} title @param {Record<string, any>} options
 */
export async function trial(parts, title, options) {
  const made = await create(parts, title, { ...options, reuse: false });
  const [id] = made.ids;
  try {
    await follow(made, new AbortController().signal, () => {});
    return await blob(`/api/library/download/generated/${id}`);
  } finally {
    await remove(`/api/library/generated/${id}`).catch(() => {});
  }
}
