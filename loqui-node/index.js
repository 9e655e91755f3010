'use strict';

const { Generation } = require('./lib/generation.js');
const { Loqui } = require('./lib/client.js');
const { Sample } = require('./lib/sample.js');
const { Speech } = require('./lib/speech.js');
const errors = require('./lib/errors.js');

module.exports = { Loqui, Sample, Generation, Speech, ...errors.classes };
