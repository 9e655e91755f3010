// Starts a server and a browser with a microphone that plays a file.
//
// LOQUI_BIN is the program to test. LOQUI_URL tests a server that is already running instead.

import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import puppeteer from 'puppeteer-core';

const root = new URL('../../../', import.meta.url).pathname;
const CHROMES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const PATIENCE = 60_000;

/** Starts a server with the offline voice on a free port. */
export async function serve(options = []) {
  if (process.env.LOQUI_URL && options.length === 0) return { url: process.env.LOQUI_URL, stop: () => {} };
  const folder = mkdtempSync(join(tmpdir(), 'loqui-web-'));
  const program = process.env.LOQUI_BIN ?? join(root, 'target/debug/loqui');
  const child = spawn(program, ['serve', '--addr', '127.0.0.1:0', '--engine', 'offline', '--data-dir', folder, '--json', ...options], {
    env: { PATH: process.env.PATH },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const url = await new Promise((done, failed) => {
    child.on('error', failed);
    child.on('exit', (code) => failed(new Error(`the server ended with ${code}`)));
    createInterface(child.stdout).on('line', (line) => {
      const address = /http:\/\/[^"\s/]+/.exec(line)?.[0];
      if (address) done(`${address}/`);
    });
  });
  return {
    url,
    stop: () => {
      child.removeAllListeners('exit');
      child.on('exit', () => rmSync(folder, { recursive: true, force: true }));
      child.kill();
    },
  };
}

/** The recording of the tests at 48 kHz, because the browser does not resample the file of its fake microphone. */
function microphone(folder) {
  const wav = readFileSync(join(root, 'tests/voices/heart.wav'));
  const samples = new Int16Array(wav.buffer.slice(wav.byteOffset + 44, wav.byteOffset + wav.length - (wav.length % 2)));
  const double = new Int16Array(samples.length * 2);
  samples.forEach((sample, at) => double.fill(sample, 2 * at, 2 * at + 2));
  const header = Buffer.from(wav.subarray(0, 44));
  header.writeUInt32LE(36 + double.byteLength, 4);
  header.writeUInt32LE(48000, 24);
  header.writeUInt32LE(96000, 28);
  header.writeUInt32LE(double.byteLength, 40);
  const path = join(folder, 'microphone.wav');
  writeFileSync(path, Buffer.concat([header, Buffer.from(double.buffer)]));
  return path;
}

/** @param {{language?: string, granted?: boolean}} [options] */
export async function browse({ language = 'en', granted = true } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'loqui-browser-'));
  const browser = await puppeteer.launch({
    executablePath: process.env.CHROMIUM ?? CHROMES.find((path) => existsSync(path)),
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--autoplay-policy=no-user-gesture-required',
      '--use-fake-device-for-media-stream',
      `--use-file-for-fake-audio-capture=${microphone(folder)}`,
      ...(granted ? ['--use-fake-ui-for-media-stream'] : []),
      `--lang=${language}`,
    ],
    env: { ...process.env, LANGUAGE: language },
  });
  return {
    browser,
    page: (options) => page(browser, options),
    stop: async () => {
      await browser.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A page with short names for what tests do. Each page is a visitor of its own, unless it is a second tab of another. */
async function page(browser, { width = 1280, height = 900, dark = false, beside = null, downloads = null } = {}) {
  const saving = downloads ? { downloadBehavior: { policy: 'allow', downloadPath: downloads } } : {};
  const visitor = beside ? beside.visitor : await browser.createBrowserContext(saving);
  const tab = await visitor.newPage();
  tab.setDefaultTimeout(PATIENCE);
  await tab.setViewport({ width, height, isMobile: width < 500, hasTouch: width < 500 });
  await tab.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: dark ? 'dark' : 'light' }]);
  /** Exceptions, and requests that the policy blocked. @type {string[]} */
  const complaints = [];
  tab.on('pageerror', (error) => complaints.push(String(error)));
  tab.on('console', (message) => {
    const text = message.text();
    if (message.type() === 'error' && !/status of 4\d\d/.test(text)) complaints.push(text);
  });
  const until = (condition, ...values) => tab.waitForFunction(condition, { polling: 50 }, ...values);
  const text = (id) => tab.$eval(`#${id}`, (part) => part.textContent.trim());
  const told = (id, words) => until((name, wanted) => document.getElementById(name).textContent.includes(wanted), id, words);
  const shown = (id) => until((name) => document.getElementById(name).checkVisibility(), id);
  const hidden = (id) => until((name) => !document.getElementById(name).checkVisibility(), id);
  const write = (words) =>
    tab.$eval('#script', (area, value) => {
      area.value = value;
      area.dispatchEvent(new Event('input', { bubbles: true }));
    }, words);
  const press = (id) => tab.$eval(`#${id}`, (part) => part.click());
  return {
    tab, visitor, complaints, until, text, told, shown, hidden, write, press,
    evaluate: tab.evaluate.bind(tab),
    /** Registers a new user, and opens the studio. */
    async enter(url, name = `user-${Math.random().toString(36).slice(2, 10)}`) {
      await tab.goto(url);
      await shown('account');
      await tab.type('#username', name);
      await tab.type('#password', 'secret-words');
      await tab.click('#register');
      await shown('studio');
      await until(() => document.getElementById('mode').textContent !== '');
      return name;
    },
    /** Adds a sample voice: 0 is a woman, 1 is a man. */
    async voice(which = 0) {
      const before = await tab.$$eval('.voice', (all) => all.length);
      await tab.evaluate((index) => document.querySelectorAll('#more-samples button')[index].click(), which);
      await until((count) => document.querySelectorAll('.voice').length > count, before);
    },
    /** Speaks the script, and waits for the result. */
    async speak() {
      await until(() => !document.getElementById('speak').disabled);
      await press('speak');
      await shown('speech');
      await until(() => document.getElementById('download').checkVisibility() || document.getElementById('speech-problem').textContent);
    },
    stop: () => (beside ? tab.close() : visitor.close()),
  };
}

/** Waits for some time, where the passing of time itself is what a test is about. */
export const pass = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
