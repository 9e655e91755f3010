// Recognises a dialogue: lines that start with the name of a speaker.

const LABEL = /^\s*(?:\[([^\]\n]{1,30})\]|(\p{Lu}[\p{L}\p{N}._'’-]*(?: [\p{Lu}\p{N}][\p{L}\p{N}._'’-]*){0,2})):[ \t]+/u;

// Fields at the top of a mail are not speakers.
const FIELDS = /^(from|to|cc|bcc|subject|date|sent|reply-to|von|an|betreff|datum|gesendet|ps|re|fwd|aw|wg|note|hinweis|http|https)$/i;

/** @param {string} text of a paragraph @returns {{name: string, label: string} | null} the speaker, and the label as it is written */
export function speakerOf(text) {
  const found = LABEL.exec(text);
  const name = (found?.[1] ?? found?.[2] ?? '').trim();
  return name && !FIELDS.test(name) ? { name, label: found[0] } : null;
}

/** Returns the speakers of a dialogue, in order. A text with fewer than two is not a dialogue.
 * @param {{text: string}[][]} paragraphs @returns {string[]} */
export function speakers(paragraphs) {
  const names = new Set();
  for (const [first] of paragraphs) {
    const speaker = speakerOf(first.text);
    if (speaker) names.add(speaker.name);
  }
  return names.size > 1 ? [...names] : [];
}
