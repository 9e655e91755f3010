// Reads the events of a generation.

import { Problem, send } from './api.js';

/**
 * Yields the events until the end of the generation. After a disconnect, it reconnects and continues after the last event.
 * @param {number} id @param {AbortSignal} signal @param {number} [after] the number of the last event that is known
 * @returns {AsyncGenerator<any>}
 */
export async function* events(id, signal, after = 0) {
  let last = after;
  let failures = 0;
  for (;;) {
    try {
      const response = await send(`/api/generation/${id}/events`, {
        headers: { 'last-event-id': String(last) },
        signal,
      });
      for await (const event of parse(response.body)) {
        failures = 0;
        last = Number(event.id) || last;
        yield event;
        if (event.name === 'end') return;
      }
    } catch (error) {
      if (signal?.aborted || (error instanceof Problem && error.status >= 400 && error.status < 500)) throw error;
      failures += 1;
    }
    await new Promise((done) => setTimeout(done, Math.min(500 * 2 ** failures, 8000)));
  }
}

/** @param {ReadableStream<Uint8Array>} body */
async function* parse(body) {
  const reader = body.pipeThrough(/** @type {ReadableWritablePair<string, any>} */ (new TextDecoderStream())).getReader();
  let text = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    text += value;
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      /** @type {Record<string, string>} */
      const fields = {};
      for (const line of text.slice(0, end).split('\n')) {
        const [name, ...rest] = line.split(': ');
        if (name) fields[name] = rest.join(': ');
      }
      text = text.slice(end + 2);
      if (fields.data) yield { id: fields.id, name: fields.event, ...JSON.parse(fields.data) };
    }
  }
}
