'use strict';

// Finds the compiled half for this machine: built beside this package, or in the package of its own that was installed along.

const path = require('node:path');

function libc() {
  if (process.platform !== 'linux') return '';
  return process.report.getReport().header.glibcVersionRuntime ? '-gnu' : '-musl';
}

const abi = process.platform === 'win32' ? '-msvc' : libc();
const machine = `${process.platform}-${process.arch}${abi}`;
const name = `loqui.${machine}.node`;

/** Loads it, or says that it is not there; one that is there and does not load throws what is wrong with it. */
function load(file) {
  try {
    return require(file);
  } catch (error) {
    if (error.code === 'MODULE_NOT_FOUND') return undefined;
    throw broken(`the compiled part of loqui-node for this machine (${name}) does not load: ${error.message}`, error);
  }
}

function broken(message, cause) {
  return Object.assign(new Error(message, { cause }), { code: 'ERR_LOQUI_NATIVE' });
}

const found = load(path.join(__dirname, '..', name)) ?? load(`loqui-node-${machine}`);
if (found === undefined) {
  throw broken(
    `loqui-node has no compiled part for this machine (${name}). If the package loqui-node-${machine} exists, install ` +
      'again without --omit=optional, on the system it is to run on. Else build it from source with a Rust ' +
      'toolchain: npm run build.',
  );
}
module.exports = found;
