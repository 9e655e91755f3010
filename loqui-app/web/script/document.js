// The script as a list of blocks, one per sentence. Every change returns a new list; blocks that did not change are shared.

import { sentences, startsParagraph } from './sentences.js';

/** @typedef {{id: number, gap: string, text: string, voice?: number | null}} Block
 * `gap` is the white space before the sentence. `voice` is the voice of the paragraph that the block starts. */

let next = 1;

/** @param {string} text @param {Block[]} [before] blocks whose identity is kept where the text is the same @returns {Block[]} */
export function blocks(text, before = []) {
  const found = sentences(text);
  let head = 0;
  while (head < found.length && head < before.length && found[head].text === before[head].text) head += 1;
  let tail = 0;
  const room = Math.min(found.length, before.length) - head;
  while (tail < room && found.at(-1 - tail).text === before.at(-1 - tail).text) tail += 1;
  const texts = new Set(found.slice(head, found.length - tail).map(({ text }) => text));
  const middle = pair(before.slice(head, before.length - tail), texts);
  return found.map((sentence, index) => {
    const fromEnd = found.length - index;
    const known = index < head ? before[index] : fromEnd <= tail ? before.at(-fromEnd) : middle(sentence.text);
    if (known && known.gap === sentence.gap && known.text === sentence.text) return known;
    return { ...known, id: known?.id ?? next++, ...sentence };
  });
}

/** Returns a function that finds each block once: by its text, else the next one in order whose text is gone.
 * @param {Block[]} changed @param {Set<string>} texts that are still there */
function pair(changed, texts) {
  const byText = new Map(changed.map((block) => [block.text, block]));
  const gone = changed.filter(({ text }) => !texts.has(text));
  const used = new Set();
  let place = 0;
  return (/** @type {string} */ text) => {
    let block = byText.get(text);
    if (!block || used.has(block)) {
      block = gone[place];
      place += 1;
    }
    if (block) used.add(block);
    return block;
  };
}

/** @param {Block[]} list */
export const textOf = (list) => list.map(({ gap, text }) => gap + text).join('');

/** Replaces the text of a block. Text of several sentences becomes several blocks, no text removes the block.
 * @param {Block[]} list @param {number} id @param {string} text @returns {Block[]} */
export function replace(list, id, text) {
  const index = list.findIndex((block) => block.id === id);
  if (index < 0) return list;
  const block = list[index];
  const parts = sentences(text.trim()).filter((part) => part.text);
  if (!parts.length) return removed(list, index);
  const made = parts.map((part, at) =>
    at === 0 ? { ...block, text: part.text } : { id: next++, gap: part.gap || ' ', text: part.text },
  );
  if (made.length === 1 && made[0].text === block.text) return list;
  return [...list.slice(0, index), ...made, ...list.slice(index + 1)];
}

/** @param {Block[]} list @param {number} index */
function removed(list, index) {
  const rest = [...list.slice(0, index), ...list.slice(index + 1)];
  const after = rest[index];
  // The next sentence takes the place of the removed one, so that paragraphs stay apart.
  if (after) {
    const gap = startsParagraph(list[index].gap) || index === 0 ? list[index].gap : after.gap;
    rest[index] = { ...after, gap, ...(list[index].voice && !startsParagraph(after.gap) && { voice: list[index].voice }) };
  }
  return rest;
}

/** Joins a block with the one before. @param {Block[]} list @param {number} id @returns {Block[]} */
export function join(list, id) {
  const index = list.findIndex((block) => block.id === id);
  if (index < 1) return list;
  const before = list[index - 1];
  const one = { ...before, text: `${before.text} ${list[index].text}` };
  return [...list.slice(0, index - 1), one, ...list.slice(index + 1)];
}

/** Sets the voice of a paragraph. @param {Block[]} list @param {number} id of its first block @param {number | null} voice */
export const withVoice = (list, id, voice) => list.map((block) => (block.id === id ? { ...block, voice } : block));

/** Whether the block starts a paragraph. @param {Block[]} list @param {number} index */
export const isFirst = (list, index) => index === 0 || startsParagraph(list[index].gap);

/** @param {Block[]} list @returns {Block[][]} */
export function paragraphs(list) {
  /** @type {Block[][]} */
  const found = [];
  list.forEach((block, index) => {
    if (isFirst(list, index)) found.push([]);
    found.at(-1).push(block);
  });
  return found;
}

/** Restores blocks that were kept as JSON. @param {Block[]} kept @returns {Block[]} */
export function restored(kept) {
  for (const { id } of kept) next = Math.max(next, id + 1);
  return kept;
}
