'use strict';

// Checks the names and types of options before they are passed to the native module, so that a misspelt name is not taken
// for an omitted option. Converts speak options to the fields of the core.

const SPEAK = require('./speak-options.js');

// For each kind of option: what it must be, in words, and the check.
const KINDS = {
  text: ['a string', (value) => typeof value === 'string'],
  number: ['a number', Number.isFinite],
  integer: ['a whole number', Number.isInteger],
  count: ['a whole number, 0 or more', (value) => Number.isInteger(value) && value >= 0],
  flag: ['true or false', (value) => typeof value === 'boolean'],
  milliseconds: ['a number of milliseconds, 0 or more', (value) => value >= 0 && Number.isFinite(value)],
  path: ['a path', () => true], // checked where it is used
  signal: ['an AbortSignal', (value) => typeof value.addEventListener === 'function'],
};

/** The options of the constructor. */
const CLIENT = {
  token: { kind: 'text' },
  engine: { kind: 'text' },
  baseUrl: { kind: 'text' },
  dataDir: { kind: 'path' },
  budget: { kind: 'number' },
  requireConsent: { kind: 'flag' },
  cogUrl: { kind: 'text' },
  modelsDir: { kind: 'path' },
  timeoutMs: { kind: 'milliseconds' },
  maxRetries: { kind: 'count' },
};

/** Returns the options if all names are known and all values have the right type. */
function checked(options, known) {
  if (options === null || typeof options !== 'object') {
    throw new TypeError(`options must be an object such as { ${Object.keys(known)[0]}: ... }, not ${shown(options)}`);
  }
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(known, name)) {
      throw new TypeError(`unknown option ${name}: use ${Object.keys(known).join(', ')}`);
    }
    const [words, fits] = KINDS[known[name].kind];
    if (value !== undefined && value !== null && !fits(value)) {
      throw new TypeError(`${name} must be ${words}, not ${shown(value)}`);
    }
  }
  return options;
}

/** Checks the options of `speak` and `submit`. Returns the signal and the options as fields of the core. */
function speakOptions(given) {
  const { signal, ...options } = checked(given, { ...SPEAK, signal: { kind: 'signal' } });
  const fields = {};
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || value === null) continue;
    const { field, kind } = SPEAK[name];
    fields[field] = kind === 'milliseconds' ? value / 1000 : value;
  }
  return { signal, fields };
}

/** The options of one of several voices. */
const VOICE = {
  gain: { kind: 'number' },
  ...Object.fromEntries(
    ['model', 'exaggeration', 'cfgWeight', 'temperature', 'seed', 'language'].map((name) => [name, SPEAK[name]]),
  ),
};

/** Checks the options of one of several voices, and returns them as fields of the core. */
function voiceOptions(given, of) {
  try {
    checked(given, VOICE);
  } catch (error) {
    throw new TypeError(`${of}: ${error.message}`);
  }
  const fields = {};
  for (const [name, value] of Object.entries(given)) {
    if (value !== undefined && value !== null) fields[VOICE[name].field ?? name] = value;
  }
  return fields;
}

/** Returns the ID of a stored object. */
function number(value, of) {
  if (Number.isInteger(value)) return value;
  throw new TypeError(`the ID of a ${of} must be a whole number, not ${shown(value)}`);
}

/** Describes a value in an error. Text is not quoted: it may be confidential. */
function shown(value) {
  return typeof value === 'number' ? String(value) : value === null ? 'null' : `a ${typeof value}`;
}

module.exports = { CLIENT, checked, number, speakOptions, voiceOptions };
