// Sends requests to the server. Every failure is a `Problem` with a code and a hint.

const KEY = 'loqui-token';

export class Problem extends Error {
  constructor(status, body) {
    super(body?.error?.message ?? body?.message ?? `the server returned status ${status}`);
    this.status = status;
    this.code = body?.error?.code ?? 'unknown';
    this.hint = body?.error?.hint ?? '';
    this.report = body?.report ?? null;
  }
  toString() {
    return this.hint ? `${this.message}. ${this.hint}` : this.message;
  }
}

export const token = {
  read: () => sessionStorage.getItem(KEY),
  keep: (text) => sessionStorage.setItem(KEY, text),
  forget: () => sessionStorage.removeItem(KEY),
};

let onSignedOut = () => {};
export function whenSignedOut(handler) {
  onSignedOut = handler;
}

async function send(path, options = {}) {
  const headers = new Headers(options.headers);
  const known = token.read();
  if (known) headers.set('authorization', `Bearer ${known}`);
  let response;
  try {
    response = await fetch(path, { ...options, headers });
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new Problem(0, { message: 'The server cannot be reached' });
  }
  if (response.ok) return response;
  const problem = new Problem(response.status, await response.json().catch(() => null));
  if (response.status === 401 && known) onSignedOut();
  throw problem;
}

export async function json(path, options) {
  const response = await send(path, options);
  return response.status === 204 ? null : response.json();
}

export const get = (path) => json(path);
export const remove = (path) => json(path, { method: 'DELETE' });
export const form = (path, fields) => json(path, { method: 'POST', body: fields });
export const post = (path, body, signal) =>
  json(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body ?? {}),
    signal,
  });

export const open = (path, signal) => send(path, { signal });

export async function blob(path) {
  return (await send(path)).blob();
}

// Yields the events of a generation until its end. After a disconnect, it reconnects and continues after the last event.
export async function* events(id, signal) {
  let last = 0;
  let failures = 0;
  for (;;) {
    try {
      const response = await send(`/api/generation/${id}/events`, {
        headers: { 'last-event-id': String(last) },
        signal,
      });
      for await (const event of read(response.body)) {
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

async function* read(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    text += value;
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
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
