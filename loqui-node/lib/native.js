'use strict';

// Finds the compiled half: built beside this package, for this machine.

const path = require('node:path');

function libc() {
  if (process.platform !== 'linux') return '';
  return process.report.getReport().header.glibcVersionRuntime ? '-gnu' : '-musl';
}

const abi = process.platform === 'win32' ? '-msvc' : libc();
const name = `loqui.${process.platform}-${process.arch}${abi}.node`;

try {
  module.exports = require(path.join(__dirname, '..', name));
} catch (cause) {
  throw new Error(
    `loqui-node has no compiled part for this machine (${name}). ` +
      'Build it from source with a Rust toolchain: npm run build.',
    { cause },
  );
}
