// Maps the text of a script to times in its speech, from the cues of the subtitles.

/** @typedef {{start: number, end: number, text: string}} Cue */
/** @typedef {Cue & {words: Cue[]}} WordCue a cue with its parts: words, where the file has their times */

/** @param {string} text a WebVTT file @returns {WordCue[]} */
export function cues(text) {
  /** @type {WordCue[]} */
  const found = [];
  for (const block of text.replace(/\r/g, '').split(/\n\n+/)) {
    const lines = block.split('\n');
    const at = lines.findIndex((line) => line.includes('-->'));
    if (at < 0) continue;
    const [start, end] = lines[at].split('-->').map(seconds);
    const content = lines.slice(at + 1).join(' ');
    found.push({ start, end, text: plain(content), words: parts(content, start, end) });
  }
  return found;
}

/** @param {string} content */
const plain = (content) => content.replace(/<[^>]*>/g, '').trim();

/** The parts of a cue between the times in it. @param {string} content @param {number} start @param {number} end @returns {Cue[]} */
function parts(content, start, end) {
  const [first, ...rest] = content.split(/<(?=[\d:.]+>)/);
  const found = [{ start, text: plain(first) }];
  for (const part of rest) {
    const close = part.indexOf('>');
    found.push({ start: seconds(part.slice(0, close)), text: plain(part.slice(close + 1)) });
  }
  return found.map((part, index) => ({ ...part, end: found[index + 1]?.start ?? end }));
}

/** @param {string} time */
const seconds = (time) =>
  time
    .trim()
    .split(/\s/)[0]
    .split(':')
    .reduce((sum, part) => sum * 60 + Number(part.replace(',', '.')), 0);

const LETTER = /[\p{L}\p{N}]/u;
// How far the script may be ahead of a cue: a pause mark or a symbol is not in the cues.
const AHEAD = 80;

/**
 * Returns a function from a position in the script to a time.
 * @param {string} script @param {WordCue[]} list @returns {(position: number) => number}
 */
export function timeline(script, list) {
  /** @type {{position: number, time: number}[]} */
  const marks = [];
  let at = 0;
  for (const { start, end, text } of list.flatMap((cue) => cue.words)) {
    const letters = [...text.matchAll(/[\p{L}\p{N}]/gu)].map(([letter]) => letter);
    let first = true;
    letters.forEach((letter, index) => {
      const found = seek(script, at, letters, index);
      if (found < 0) return;
      const share = index / letters.length;
      if (first || index % 8 === 0) marks.push({ position: found, time: start + (end - start) * share });
      first = false;
      at = found + letter.length;
    });
    marks.push({ position: at, time: end });
  }
  return (position) => interpolate(marks, position);
}

/** Finds the letter at or after a position. A letter that is far ahead must agree with those after it.
 * @param {string} script @param {number} at @param {string[]} letters @param {number} index */
function seek(script, at, letters, index) {
  let place = at;
  while (place < script.length && !LETTER.test(script[place])) place += 1;
  if (script.startsWith(letters[index], place)) return place;
  const ahead = letters.slice(index, index + 5).join('');
  for (let from = place; from < Math.min(script.length, place + AHEAD); from += 1) {
    if (script.startsWith(letters[index], from) && bare(script.slice(from, from + 20)).startsWith(ahead)) return from;
  }
  return -1;
}

/** @param {string} text */
const bare = (text) => text.replace(/[^\p{L}\p{N}]/gu, '');

/** @param {{position: number, time: number}[]} marks @param {number} position */
function interpolate(marks, position) {
  if (!marks.length) return 0;
  let low = 0;
  let high = marks.length - 1;
  if (position <= marks[0].position) return marks[0].time;
  if (position >= marks[high].position) return marks[high].time;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (marks[middle].position <= position) low = middle;
    else high = middle;
  }
  const { position: from, time: start } = marks[low];
  const { position: to, time: end } = marks[high];
  return to === from ? end : start + ((end - start) * (position - from)) / (to - from);
}

/** The words of a text with their positions. @param {string} text @returns {{start: number, end: number}[]} */
export const words = (text) => [...text.matchAll(/\S+/gu)].map(({ index, 0: word }) => ({ start: index, end: index + word.length }));
