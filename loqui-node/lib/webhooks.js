'use strict';

const native = require('./native.js');
const { unwrap } = require('./errors.js');

/** Returns headers as pairs, from a `Headers`, an object or an iterable of pairs. */
function pairs(headers) {
  const entries = typeof headers?.[Symbol.iterator] === 'function' ? [...headers] : Object.entries(headers);
  return entries.map(([name, value]) => ({ name: String(name), value: String(value) }));
}

function verify(secret, headers, body) {
  const raw = Buffer.from(body);
  const { id, sentAt } = unwrap(native.verifyWebhook(secret, pairs(headers), raw));
  return { id, sentAt, prediction: JSON.parse(raw.toString()) };
}

module.exports = { verify };
