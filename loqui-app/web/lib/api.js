// Sends requests to the server. Every failure is a `Problem`.

import { forget, keep, read } from './keep.js';

// The address of the server. It may be below a path of another site.
const ROOT = new URL('../..', import.meta.url);

/** @param {string} path @returns {URL} */
export const address = (path) => new URL(path.slice(1), ROOT);

/** The address of the server without a slash at its end. */
export const server = () => ROOT.href.replace(/\/$/, '');

export class Problem extends Error {
  /** @param {number} status the HTTP status, 0 if the server cannot be reached @param {any} body */
  constructor(status, body) {
    super(body?.error?.message ?? body?.message ?? '');
    this.status = status;
    /** @type {string} */
    this.code = body?.error?.code ?? (status === 0 ? 'page.offline' : 'page.unknown');
    /** @type {string} */
    this.hint = body?.error?.hint ?? '';
    /** @type {{loc: string[], msg: string, type: string}[]} */
    this.fields = Array.isArray(body?.detail) ? body.detail : [];
    this.report = body?.report ?? null;
  }
}

// All tabs share the token.
export const token = {
  read: () => read('token'),
  /** @param {string} text */
  keep: (text) => keep('token', text),
  forget: () => forget('token'),
};

let onSignedOut = () => {};
/** @param {() => void} handler called when the server does not accept the token any more */
export function whenSignedOut(handler) {
  onSignedOut = handler;
}

/** @param {string} path @param {RequestInit} [options] @returns {Promise<Response>} */
export async function send(path, options = {}) {
  const headers = new Headers(options.headers);
  const known = token.read();
  if (known) headers.set('authorization', `Bearer ${known}`);
  let response;
  try {
    response = await fetch(address(path), { ...options, headers });
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new Problem(0, null);
  }
  if (response.ok) return response;
  const problem = new Problem(response.status, await response.json().catch(() => null));
  if (response.status === 401 && known) onSignedOut();
  throw problem;
}

/** @param {string} path @param {RequestInit} [options] @returns {Promise<any>} */
export async function json(path, options) {
  const response = await send(path, options);
  return response.status === 204 ? null : response.json();
}

/** @param {string} path */
export const get = (path) => json(path);
/** @param {string} path */
export const remove = (path) => json(path, { method: 'DELETE' });
/** @param {string} path @param {BodyInit} fields */
export const form = (path, fields) => json(path, { method: 'POST', body: fields });
/** @param {string} path @param {any} [body] @param {AbortSignal} [signal] @param {Record<string, string>} [headers] */
export const post = (path, body, signal, headers) =>
  json(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body ?? {}),
    signal,
  });

/** @param {string} path @param {AbortSignal} [signal] */
export const open = (path, signal) => send(path, { signal });

/** @param {string} path @param {AbortSignal} [signal] */
export async function blob(path, signal) {
  return (await send(path, { signal })).blob();
}
