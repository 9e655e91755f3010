'use strict';

const { spawn } = require('node:child_process');
const { mkdtemp, rm, writeFile } = require('node:fs/promises');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

// Programs that play a file and end, with their arguments.
const PLAYERS = [
  ['afplay'],
  ['pw-play'],
  ['paplay'],
  ['aplay', '-q'],
  ['ffplay', '-nodisp', '-autoexit', '-loglevel', 'error'],
  ['mpv', '--really-quiet', '--no-video'],
];
const WINDOWS = ['powershell', '-NoProfile', '-Command', '(New-Object Media.SoundPlayer $args[0]).PlaySync()'];

/** Plays a WAV file with a program of the system, and resolves when it has ended. */
async function play(wav) {
  const folder = await mkdtemp(join(tmpdir(), 'loqui-'));
  try {
    const file = join(folder, 'speech.wav');
    await writeFile(file, wav);
    for (const [program, ...given] of process.platform === 'win32' ? [WINDOWS] : PLAYERS) {
      if (await ran(program, [...given, file])) return;
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  throw new Error(`no program plays audio: install one of ${PLAYERS.map(([name]) => name).join(', ')}, or use save()`);
}

/** Runs a program. Resolves to false if it does not exist, and rejects if it fails. */
function ran(program, given) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, given, { stdio: ['ignore', 'ignore', 'pipe'], windowsHide: true });
    let said = '';
    child.stderr.on('data', (data) => (said += data));
    child.on('error', (error) => (error.code === 'ENOENT' ? resolve(false) : reject(error)));
    child.on('close', (code) => {
      if (code === 0) resolve(true);
      else if (code !== null && code >= 0) reject(new Error(`${program} could not play the speech: ${said.trim()}`));
    });
  });
}

module.exports = { play };
