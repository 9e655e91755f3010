// Formats values in the language of the user.

import { currentLanguage, t } from './text.js';

/** @param {number} seconds @returns {string} minutes and seconds, such as `1:05` */
export function clock(seconds) {
  const whole = Math.max(0, Math.round(seconds || 0));
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  const rest = String(whole % 60).padStart(2, '0');
  return hours ? `${hours}:${String(minutes).padStart(2, '0')}:${rest}` : `${minutes}:${rest}`;
}

/** @param {number} dollars */
export function money(dollars) {
  if (!(dollars > 0)) return t('cost.free');
  const digits = dollars < 0.1 ? 4 : 2;
  return new Intl.NumberFormat(currentLanguage(), { style: 'currency', currency: 'USD', maximumFractionDigits: digits }).format(dollars);
}

/** @param {string} time */
export const day = (time) => new Date(time).toLocaleString(currentLanguage(), { dateStyle: 'medium', timeStyle: 'short' });

/** Returns the first words, as a title. @param {string} text @param {number} [most] the most characters */
export function firstWords(text, most = 48) {
  const line = text.replace(/\s+/g, ' ').trim();
  if (line.length <= most) return line;
  const cut = line.slice(0, most + 1);
  const space = cut.lastIndexOf(' ');
  return `${(space > most / 2 ? cut.slice(0, space) : line.slice(0, most)).replace(/[\s,;:–-]+$/u, '')}…`;
}
