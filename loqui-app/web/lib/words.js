// States problems and findings in the words of a person who uses the page.

import { Problem } from './api.js';
import { has, t } from './text.js';

/**
 * Returns what went wrong and what to do about it.
 * @param {any} problem @returns {string}
 */
export function inWords(problem) {
  if (!(problem instanceof Problem)) return problem?.words ?? problem?.message ?? String(problem);
  if (problem.fields.length) return problem.fields.map(field).join(' ');
  return coded(problem.code, problem.message, problem.hint, problem.status);
}

/**
 * Returns the words for an error code. An unknown code is stated in the words of the server.
 * @param {string} code @param {string} message @param {string} hint @param {number} [status]
 */
export function coded(code, message, hint, status = 0) {
  if (has(`problem.${code}`)) return t(`problem.${code}`);
  if (status >= 500 || !message) return t('problem.server');
  return [sentence(message), hint].filter(Boolean).join(' ');
}

/** @param {{loc: string[], msg: string, type: string}} problem */
function field({ loc, msg, type }) {
  const name = loc.at(-1);
  const numbers = (msg.match(/\d+/g) ?? []).map(Number);
  const values = { first: numbers[0] ?? 0, last: numbers.at(-1) ?? 0 };
  for (const key of [`field.${name}.${type}`, `field.${name}`]) if (has(key)) return t(key, values);
  return t('field.other', { field: name, message: msg });
}

/**
 * Returns a finding as a message and a hint. Known findings are in the language of the user.
 * @param {{code: string, message: string, hint: string, value?: number}} finding
 */
export function finding({ code, message, hint }) {
  const known = has(`finding.${code}`);
  return { message: known ? t(`finding.${code}`) : sentence(message), hint: known ? t(`finding.${code}.hint`) : hint };
}

/** @param {string} text */
export function sentence(text) {
  const whole = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?…]$/.test(whole) ? whole : `${whole}.`;
}

/** An error whose message is already in words. */
export class Told extends Error {
  /** @param {string} words */
  constructor(words) {
    super(words);
    this.words = words;
  }
}
