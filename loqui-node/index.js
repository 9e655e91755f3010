'use strict';

const { Generation } = require('./lib/generation.js');
const { Loqui, generateSpeech } = require('./lib/client.js');
const { Sample } = require('./lib/sample.js');
const { Speech } = require('./lib/speech.js');
const { readScript } = require('./lib/script-file.js');
const { setLogger } = require('./lib/log.js');
const errors = require('./lib/errors.js');
const webhooks = require('./lib/webhooks.js');

module.exports = { Loqui, Sample, Generation, Speech, generateSpeech, readScript, setLogger, webhooks, ...errors.classes };
