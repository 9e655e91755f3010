// Sends a request to a route, and shows the answer.

import { send } from '../lib/api.js';
import { button, h } from '../lib/dom.js';
import { t } from '../lib/text.js';
import { save } from '../sound/downloads.js';
import { example, fields } from './schema.js';

// The most characters of an answer that are shown.
const MOST = 20_000;

/** @param {{path: string, verb: string, route: any}} one @param {any} description */
export function tryForm({ path, verb, route }, description) {
  const parameters = (route.parameters ?? []).filter(({ in: place }) => place === 'path' || place === 'query');
  const inputs = parameters.map((one) => ({ ...one, input: h('input', { required: one.required, placeholder: one.required ? '1' : '' }) }));
  const [kind, { schema } = {}] = Object.entries(route.requestBody?.content ?? {})[0] ?? [];
  const body = bodyOf(kind, schema, description);
  const answer = h('div', { class: 'stack', role: 'status' });
  const form = h(
    'form',
    { class: 'try box' },
    ...inputs.map(({ name, input }) => h('label', { class: 'field' }, h('span', null, name), input)),
    ...body.parts,
    h('div', { class: 'row' }, button({ text: t('docs.send'), class: 'primary', type: 'submit' })),
    answer,
  );
  form.addEventListener('submit', async (/** @type {Event} */ event) => {
    event.preventDefault();
    answer.replaceChildren(t('docs.sending'));
    let address = path;
    const query = new URLSearchParams();
    for (const { name, in: place, input } of inputs) {
      if (place === 'path') address = address.replace(`{${name}}`, encodeURIComponent(input.value));
      else if (input.value) query.set(name, input.value);
    }
    const url = query.size ? `${address}?${query}` : address;
    try {
      show(answer, await send(url, { method: verb.toUpperCase(), ...body.read() }));
    } catch (problem) {
      answer.replaceChildren(h('strong', null, String(problem.status || '')), ` ${problem.code}: ${problem.message}`);
    }
  });
  return h('details', null, h('summary', null, t('docs.try')), form);
}

/** @param {string | undefined} kind @param {any} schema @param {any} description */
function bodyOf(kind, schema, description) {
  if (!kind) return { parts: [], read: () => ({}) };
  if (kind === 'application/json') {
    const area = h('textarea', { rows: 5, value: JSON.stringify(example(schema, description), null, 2), spellcheck: false });
    return {
      parts: [h('label', { class: 'field' }, h('span', null, t('docs.body')), area)],
      read: () => ({ body: area.value, headers: { 'content-type': 'application/json' } }),
    };
  }
  const inputs = fields(schema, description).map(({ name, required }) => ({
    name,
    input: h('input', { name, required, type: name === 'file' ? 'file' : name === 'password' ? 'password' : 'text' }),
  }));
  return {
    parts: inputs.map(({ name, input }) => h('label', { class: 'field' }, h('span', null, name), input)),
    read: () => {
      const made = kind === 'multipart/form-data' ? new FormData() : new URLSearchParams();
      for (const { name, input } of inputs) {
        if (input.type === 'file') input.files[0] && made.set(name, input.files[0]);
        else if (input.value) made.set(name, input.value);
      }
      return { body: made };
    },
  };
}

/** @param {HTMLElement} answer @param {Response} response */
async function show(answer, response) {
  const kind = response.headers.get('content-type') ?? '';
  const status = h('strong', null, String(response.status));
  if (/^audio|octet-stream/.test(kind)) {
    const file = await response.blob();
    const player = h('audio', { controls: true, src: URL.createObjectURL(file) });
    const extension = { 'audio/mpeg': 'mp3', 'audio/wav': 'wav', 'audio/flac': 'flac', 'audio/ogg': 'opus' }[kind.split(';')[0]] ?? 'bin';
    answer.replaceChildren(status, player, button({ text: t('download'), onclick: () => save(file, `answer.${extension}`) }));
    return;
  }
  const pre = h('pre', { tabIndex: 0, 'aria-label': t('docs.answer') });
  answer.replaceChildren(status, pre);
  const reader = response.body?.pipeThrough(/** @type {ReadableWritablePair<string, any>} */ (new TextDecoderStream())).getReader();
  let text = '';
  for (let piece = await reader?.read(); piece && !piece.done && text.length < MOST; piece = await reader.read()) {
    text += piece.value;
    pre.textContent = pretty(text, kind);
  }
  reader?.cancel();
}

/** @param {string} text @param {string} kind */
function pretty(text, kind) {
  if (!kind.includes('json')) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
