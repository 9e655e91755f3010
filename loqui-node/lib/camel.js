'use strict';

const name = (key) => key.replace(/_([a-z0-9])/g, (_, letter) => letter.toUpperCase());

/** Returns the value with its keys in camel case. */
function camel(value) {
  if (Array.isArray(value)) return value.map(camel);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [name(key), camel(inner)]));
}

module.exports = { camel };
