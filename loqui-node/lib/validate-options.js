'use strict';

// What users hand over as options, checked by name and kind before it goes to the compiled half: a name that is not known
// must not be taken for one that was left out, and a kind that is not right is said in words of this language.

const TEXT = ['a string', (value) => typeof value === 'string'];
const NUMBER = ['a number', (value) => typeof value === 'number'];
const WHOLE = ['a whole number', Number.isInteger];
const FLAG = ['true or false', (value) => typeof value === 'boolean'];
const TIME = ['a number of milliseconds, 0 or more', (value) => value >= 0 && Number.isFinite(value)];

/** How to open the library. */
const CLIENT = {
  token: TEXT,
  engine: TEXT,
  baseUrl: TEXT,
  dataDir: ['a path', () => true], // looked at where it is used
  budget: NUMBER,
  requireConsent: FLAG,
  cogUrl: TEXT,
};

/** How to speak. */
const SPEAK = {
  model: TEXT,
  exaggeration: NUMBER,
  cfgWeight: NUMBER,
  temperature: NUMBER,
  seed: WHOLE,
  language: TEXT,
  budget: NUMBER,
  timeoutMs: TIME,
  maxTakes: WHOLE,
  owner: TEXT,
  consent: TEXT,
  idempotencyKey: TEXT,
  reuse: FLAG,
};

/** Gives the options back if all are known and of their kind. */
function checked(options, known) {
  if (options === null || typeof options !== 'object') {
    throw new TypeError(`options must be an object such as { ${Object.keys(known)[0]}: ... }, not ${shown(options)}`);
  }
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(known, name)) {
      throw new TypeError(`unknown option ${name}: use ${Object.keys(known).join(', ')}`);
    }
    const [words, fits] = known[name];
    if (value !== undefined && value !== null && !fits(value)) {
      throw new TypeError(`${name} must be ${words}, not ${shown(value)}`);
    }
  }
  return options;
}

/** The number of something in the store. */
function number(value, of) {
  if (Number.isInteger(value)) return value;
  throw new TypeError(`the number of a ${of} must be a whole number, not ${shown(value)}`);
}

/** A value in an error: what it is, but no text that somebody may have meant to keep for themselves. */
function shown(value) {
  return typeof value === 'number' ? String(value) : value === null ? 'null' : `a ${typeof value}`;
}

module.exports = { CLIENT, SPEAK, checked, number };
