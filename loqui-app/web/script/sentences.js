// Splits a text into sentences. The gaps and the sentences together are the text, without white space at its end.

/** @typedef {{gap: string, text: string}} Sentence */

// After these, a period does not end a sentence.
const SHORT = /(?:^|[\s(])(?:Mr|Mrs|Ms|Dr|Prof|St|Sr|Jr|vs|No|Nr|Hr|Fr|bzw|ca|usw|e\.g|i\.e|z\.\s?B|d\.\s?h|u\.\s?a|\p{Lu})\.\s*$/u;

// A line break that ends a paragraph: an empty line, or a line that starts with a label of a speaker.
const PARAGRAPH = /(\n[ \t]*\n\s*|\n[ \t]*(?=(?:\[[^\]\n]{1,30}\]|\p{Lu}[\p{L}\p{N}._'’-]*(?: [\p{Lu}\p{N}][\p{L}\p{N}._'’-]*){0,2}):[ \t]))/u;

const segmenters = new Map();

/** @param {string} language */
function segmenter(language) {
  if (!segmenters.has(language)) segmenters.set(language, new Intl.Segmenter(language, { granularity: 'sentence' }));
  return segmenters.get(language);
}

/** @param {string} text @param {string} [language] @returns {Sentence[]} */
export function sentences(text, language = 'en') {
  /** @type {Sentence[]} */
  const found = [];
  let gap = '';
  for (const [index, piece] of text.split(PARAGRAPH).entries()) {
    if (index % 2) {
      gap += piece;
      continue;
    }
    // Within a paragraph, a line break is a space. The lengths are equal, so positions stay valid.
    const flat = piece.replace(/\n/g, ' ');
    let from = 0;
    for (const { segment, index: at } of segmenter(language).segment(flat)) {
      const end = at + segment.length;
      if (end < flat.length && SHORT.test(flat.slice(from, end))) continue;
      gap = add(found, gap, piece.slice(from, end));
      from = end;
    }
  }
  return found;
}

/** Adds a sentence, and returns the gap after it. @param {Sentence[]} found @param {string} gap @param {string} piece */
function add(found, gap, piece) {
  const start = piece.length - piece.trimStart().length;
  const text = piece.trim();
  if (!text) return gap + piece;
  found.push({ gap: gap + piece.slice(0, start), text });
  return piece.slice(start + text.length);
}

/** Whether a sentence with this gap before it starts a paragraph. @param {string} gap */
export const startsParagraph = (gap) => gap.includes('\n');
