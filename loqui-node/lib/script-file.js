'use strict';

const { readFile } = require('node:fs/promises');
const { extname } = require('node:path');

const native = require('./native.js');
const { camel } = require('./camel.js');
const { unwrap } = require('./errors.js');
const { filePath } = require('./input.js');

/** Reads a file with a script: a text, Markdown, HTML, subtitles, a document in JSON, or a book in EPUB format. */
async function readScript(path, { format, notes = false, frontMatter = false } = {}) {
  const file = filePath(path);
  const extension = extname(file).slice(1) || undefined;
  return camel(unwrap(native.readScript(await readFile(file), format, extension, notes, frontMatter)));
}

module.exports = { readScript };
