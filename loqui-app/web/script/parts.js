// Divides a script into parts: one voice each, and no longer than the server reads at once.

import { paragraphs } from './document.js';
import { speakerOf } from './speakers.js';

/** @typedef {{id: number, start: number, end: number, spoken: string}} Range the characters of a part that are a block
 * @typedef {{voice: number, text: string, ranges: Range[]}} Part */

/**
 * @param {import('./document.js').Block[]} list
 * @param {{voice: number, cast?: Record<string, number>, limit?: number}} options
 *   `voice` speaks what has no voice of its own, `cast` maps speakers to voices, `limit` is the most characters of a part
 * @returns {Part[]}
 */
export function parts(list, { voice, cast = {}, limit = Infinity }) {
  /** @type {Part[]} */
  const made = [];
  for (const paragraph of paragraphs(list)) {
    const speaker = Object.keys(cast).length ? speakerOf(paragraph[0].text) : null;
    const label = speaker && cast[speaker.name] ? speaker.label : '';
    const own = paragraph[0].voice ?? (label ? cast[speaker.name] : null) ?? voice;
    paragraph.forEach((block, index) => {
      const spoken = index === 0 ? block.text.slice(label.length) : block.text;
      if (!spoken.trim()) return;
      const gap = index === 0 ? '\n\n' : ' ';
      let part = made.at(-1);
      if (!part || part.voice !== own || part.text.length + gap.length + spoken.length > limit) {
        part = { voice: own, text: '', ranges: [] };
        made.push(part);
      }
      const start = part.text ? part.text.length + gap.length : 0;
      part.text += (part.text ? gap : '') + spoken;
      part.ranges.push({ id: block.id, start, end: part.text.length, spoken });
    });
  }
  return made;
}
