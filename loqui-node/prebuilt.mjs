// Packs the published tarballs: one package for each platform's addon, so that users download only their own, and the main
// package that lists them as optional dependencies. `node prebuilt.mjs ADDONS PACKAGES` reads `loqui.MACHINE.node` files
// from the first folder and writes tarballs to the second.

import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const { name, version, description, license, repository, engines, ...rest } = JSON.parse(
  readFileSync(path.join(here, 'package.json'), 'utf8'),
);
const [addons, packages] = process.argv.slice(2).map((folder) => path.resolve(folder));
const machines = readdirSync(addons).flatMap((file) => file.match(/^loqui\.(.+)\.node$/)?.[1] ?? []);
if (machines.length === 0) throw new Error(`there is no loqui.MACHINE.node in ${addons}`);
mkdirSync(packages, { recursive: true });

/** Packs files of a folder with a manifest. */
function pack(manifest, from, files) {
  const folder = mkdtempSync(path.join(tmpdir(), 'loqui-'));
  for (const file of files) cpSync(path.join(from, file), path.join(folder, file), { recursive: true });
  cpSync(path.join(here, 'licenses'), path.join(folder, 'licenses'), { recursive: true });
  writeFileSync(path.join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const options = { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'], shell: process.platform === 'win32' };
  execFileSync(npm, ['pack', '--silent', '--pack-destination', packages], options);
  rmSync(folder, { recursive: true });
}

for (const machine of machines) {
  const file = `loqui.${machine}.node`;
  const [os, cpu, abi] = machine.split('-');
  const libc = { gnu: ['glibc'], musl: ['musl'] }[abi];
  const manifest = { version, license, repository, engines, os: [os], cpu: [cpu], libc, main: file };
  const words = { description: `The native addon of ${name} for ${machine}`, files: [file, 'licenses'] };
  pack({ name: `${name}-${machine}`, ...words, ...manifest }, addons, [file]);
}

const files = rest.files.filter((file) => file !== '*.node');
const optionalDependencies = Object.fromEntries(machines.map((machine) => [`${name}-${machine}`, version]));
const { devDependencies: _, scripts: __, ...kept } = rest;
const manifest = { name, version, description, license, repository, engines, ...kept, files, optionalDependencies };
pack(manifest, here, [...files, 'README.md']);
