'use strict';

const native = require('./native.js');

const LEVELS = ['error', 'warn', 'info', 'debug'];

function setLogger(logger, { level = 'warn' } = {}) {
  if (!LEVELS.includes(level)) throw new TypeError(`level must be one of ${LEVELS.join(', ')}`);
  native.logTo(logger ?? undefined, level);
}

module.exports = { setLogger };
