'use strict';

// Loads the native addon of this platform: built in this package, or from its own optional package.

const path = require('node:path');

function libc() {
  if (process.platform !== 'linux') return '';
  return process.report.getReport().header.glibcVersionRuntime ? '-gnu' : '-musl';
}

const abi = process.platform === 'win32' ? '-msvc' : libc();
const machine = `${process.platform}-${process.arch}${abi}`;
const name = `loqui.${machine}.node`;

/** Loads an addon, or returns `undefined` if it does not exist. One that exists and does not load throws. */
function load(file) {
  try {
    return require(file);
  } catch (error) {
    if (error.code === 'MODULE_NOT_FOUND') return undefined;
    throw broken(`the native addon of loqui-node for this machine (${name}) does not load: ${error.message}`, error);
  }
}

function broken(message, cause) {
  return Object.assign(new Error(message, { cause }), { code: 'ERR_LOQUI_NATIVE' });
}

const found = load(path.join(__dirname, '..', name)) ?? load(`loqui-node-${machine}`);
if (found === undefined) {
  throw broken(
    `loqui-node has no native addon for this machine (${name}). If the package loqui-node-${machine} exists, install ` +
      'again without --omit=optional, on the system that will run it. Otherwise build it from source with a Rust ' +
      'toolchain: npm run build.',
  );
}
module.exports = found;
