// Places the findings of the server in the script, and repairs what can be repaired.

/** @typedef {{code: string, severity: string, message: string, hint: string, position?: number}} Finding */

/**
 * Returns the findings of each block, with their position in it.
 * @param {import('./document.js').Block[]} list @param {Finding[]} findings `position` counts characters, not UTF-16 units
 * @returns {Map<number, (Finding & {at: number})[]>}
 */
export function placed(list, findings) {
  /** @type {Map<number, (Finding & {at: number})[]>} */
  const found = new Map();
  const waiting = findings.filter(({ position }) => position !== undefined).sort((one, other) => one.position - other.position);
  let from = 0;
  for (const { id, gap, text } of list) {
    if (!waiting.length) break;
    const start = from + [...gap].length;
    const letters = [...text];
    from = start + letters.length;
    while (waiting.length && waiting[0].position < from) {
      const one = waiting.shift();
      const at = letters.slice(0, Math.max(0, one.position - start)).join('').length;
      found.set(id, [...(found.get(id) ?? []), { ...one, at }]);
    }
  }
  return found;
}

/** Writes words in capitals in lower case, in sentences that are mostly in capitals. @param {string} text */
export function withoutCapitals(text) {
  const words = text.match(/\p{L}{2,}/gu) ?? [];
  const loud = words.filter((word) => word === word.toUpperCase() && word !== word.toLowerCase());
  if (loud.length < 2 || loud.length * 2 < words.length) return text;
  const low = text.toLowerCase().replace(/\bi\b/g, 'I');
  return low.replace(/\p{L}/u, (letter) => letter.toUpperCase());
}
