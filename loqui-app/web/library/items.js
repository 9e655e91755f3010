// The items of the library. The parts of a speech with several voices are one item.

/** @typedef {{title: string, status: string, text: string, at: string, seconds: number, engine: string, parts: any[]}} Item */

const PART = /^(.*) \((\d+)\/(\d+)\)$/;

/** @param {any[]} generations newest first @returns {Item[]} */
export function grouped(generations) {
  /** @type {Item[]} */
  const items = [];
  for (let at = 0; at < generations.length; at += 1) {
    const parts = run(generations, at);
    at += parts.length - 1;
    items.push(item(parts));
  }
  return items;
}

/** The generations of one speech: from its last part, which is the newest, down to the first. @param {any[]} all @param {number} at */
function run(all, at) {
  const [, title, last, count] = PART.exec(all[at].model_name) ?? [];
  if (!title || last !== count) return [all[at]];
  const parts = [];
  for (let number = Number(count); number > 0; number -= 1) {
    const part = all[at + parts.length];
    if (part?.model_name !== `${title} (${number}/${count})`) return [all[at]];
    parts.unshift(part);
  }
  return parts;
}

/** @param {any[]} parts @returns {Item} */
function item(parts) {
  const order = ['FAILED', 'PROCESSING', 'PENDING', 'COMPLETED'];
  const title = parts.length > 1 ? PART.exec(parts[0].model_name)[1] : parts[0].model_name;
  return {
    title,
    status: order.find((status) => parts.some((part) => part.status === status)) ?? 'PENDING',
    text: parts.map(({ script_text: text }) => text).join('\n\n'),
    at: parts[0].generated_at,
    seconds: parts.reduce((sum, part) => sum + (part.duration_seconds ?? 0), 0),
    engine: parts[0].engine,
    parts,
  };
}

/** @param {Item[]} items @param {string} search @param {string} filter `all`, `COMPLETED`, `RUNNING` or `FAILED` */
export function chosen(items, search, filter) {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = {
    all: () => true,
    RUNNING: (/** @type {Item} */ { status }) => status === 'PENDING' || status === 'PROCESSING',
  }[filter] ?? (({ status }) => status === filter);
  return items.filter((one) => {
    const text = `${one.title} ${one.text}`.toLowerCase();
    return fits(one) && words.every((word) => text.includes(word));
  });
}

/** @param {number} count @param {number} size */
export const pages = (count, size) => Math.max(1, Math.ceil(count / size));
