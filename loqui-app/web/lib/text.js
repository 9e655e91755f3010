// The texts of the interface, in the language of the user.

import english from '../texts/en.js';
import { icon } from './dom.js';

/** @type {Record<string, () => Promise<{default: Record<string, any>}>>} */
const OTHERS = { de: () => import('../texts/de.js') };
export const LANGUAGES = { en: 'English', de: 'Deutsch' };

let language = 'en';
/** @type {Record<string, any>} */
let texts = english;

/** Loads the texts of a language. English fills gaps. @param {string} code */
export async function useLanguage(code) {
  const load = OTHERS[code];
  if (load) texts = { ...english, ...(await load()).default };
  language = load ? code : 'en';
}

export const currentLanguage = () => language;

/** @param {string} key */
export const has = (key) => key in texts;

/**
 * Returns a text. `{name}` is replaced by a value. A text with several forms is chosen by the number `n`.
 * @param {string} key @param {Record<string, string | number>} [values] @returns {string}
 */
export function t(key, values = {}) {
  let text = texts[key] ?? key;
  if (typeof text !== 'string') text = text[new Intl.PluralRules(language).select(Number(values.n))] ?? text.other;
  return text.replace(/\{(\w+)\}/g, (whole, name) => {
    const value = values[name];
    return typeof value === 'number' ? new Intl.NumberFormat(language).format(value) : (value ?? whole);
  });
}

/** Fills the elements that name a text: as content, label or placeholder. @param {ParentNode} root */
export function fill(root) {
  for (const part of root.querySelectorAll('[data-t]')) part.textContent = t(part.getAttribute('data-t'));
  for (const [attribute, target] of [
    ['data-t-label', 'aria-label'],
    ['data-t-placeholder', 'placeholder'],
    ['data-t-title', 'title'],
  ]) {
    for (const part of root.querySelectorAll(`[${attribute}]`)) part.setAttribute(target, t(part.getAttribute(attribute)));
  }
  for (const part of root.querySelectorAll('[data-icon]')) part.prepend(icon(/** @type {any} */ (part.getAttribute('data-icon'))));
}
