// Reads the text of a file: plain text, Markdown, subtitles, web page, EPUB, DOCX.

import { Told } from '../lib/words.js';
import { t } from '../lib/text.js';
import { unzip } from './zip.js';

export const KINDS = '.txt,.md,.markdown,.srt,.vtt,.html,.htm,.xhtml,.epub,.docx,text/plain';
// The largest file, in bytes.
const MOST = 50 << 20;

/** @param {File} file @returns {Promise<{title: string, text: string}>} */
export async function readScript(file) {
  if (file.size > MOST) throw new Told(t('import.large', { n: MOST >> 20 }));
  const extension = file.name.split('.').at(-1).toLowerCase();
  const title = file.name.replace(/\.\w+$/, '');
  let text;
  try {
    if (extension === 'epub') text = await epub(await file.arrayBuffer());
    else if (extension === 'docx') text = await docx(await file.arrayBuffer());
    else if (['pdf', 'doc', 'odt', 'rtf'].includes(extension)) throw new Told(t('import.kind', { kind: extension.toUpperCase() }));
    else text = plain(await file.text(), extension);
  } catch (error) {
    if (error instanceof Told) throw error;
    throw new Told(t('import.broken', { name: file.name }));
  }
  text = text.replace(/\r\n?/g, '\n').replace(/[^\S\n]+\n/g, '\n').replace(/\n{3,}/g, '\n\n').trim();
  if (!text || text.includes('\0')) throw new Told(t('import.empty', { name: file.name }));
  return { title, text };
}

/** @param {string} text @param {string} extension */
export function plain(text, extension) {
  if (extension === 'md' || extension === 'markdown') return markdown(text);
  if (extension === 'srt' || extension === 'vtt') return subtitles(text);
  if (['html', 'htm', 'xhtml'].includes(extension)) return page(text, 'text/html');
  return text;
}

/** @param {string} text */
export function markdown(text) {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/^---\n[\s\S]*?\n---\n/, '')
    .replace(/^(```|~~~)[\s\S]*?^\1[^\n]*$/gm, '')
    .replace(/<!--[\s\S]*?-->/g, '')
    .replace(/!\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/\[([^\]]+)\]\([^)]*\)/g, '$1')
    .replace(/^\[[^\]]+\]:\s+\S+.*$/gm, '')
    .replace(/^#{1,6}\s+(.*?)\s*#*$/gm, '\n$1\n')
    .replace(/^\s*(?:[-*_]\s*){3,}$/gm, '')
    .replace(/^\s*>\s?/gm, '')
    .replace(/^\s*(?:[-*+]|\d+[.)])\s+(.*)$/gm, '\n$1\n')
    .replace(/(\*\*|__)(?=\S)([^\n]*?\S)\1/g, '$2')
    .replace(/(?<![\p{L}\p{N}])([*_])(?=\S)([^\n]*?\S)\1(?![\p{L}\p{N}])/gu, '$2')
    .replace(/`([^`]+)`/g, '$1');
}

/** @param {string} text */
export function subtitles(text) {
  const spoken = text
    .replace(/\r\n?/g, '\n')
    .split(/\n\n+/)
    .map((cue) => cue.split('\n'))
    .filter((lines) => lines.some((line) => line.includes('-->')))
    .map((lines) => lines.slice(lines.findIndex((line) => line.includes('-->')) + 1).join(' '));
  return spoken.join(' ').replace(/<[^>]*>|\{\\[^}]*\}/g, '').replace(/\s+/g, ' ').trim();
}

const BLOCKS = 'p, h1, h2, h3, h4, h5, h6, li, blockquote, dt, dd, figcaption, td, th, pre';

/** @param {string} text @param {DOMParserSupportedType} kind */
function page(text, kind) {
  let parsed = new DOMParser().parseFromString(text, kind);
  if (parsed.querySelector('parsererror')) parsed = new DOMParser().parseFromString(text, 'text/html');
  for (const part of parsed.querySelectorAll('script, style, nav, head, rt, sup')) part.remove();
  const found = [...parsed.querySelectorAll(BLOCKS)].filter((part) => !part.querySelector(BLOCKS));
  const lines = found.map((part) => part.textContent.replace(/\s+/g, ' ').trim()).filter(Boolean);
  return lines.length ? lines.join('\n\n') : (parsed.documentElement?.textContent ?? '');
}

/** @param {ArrayBuffer} archive */
async function epub(archive) {
  const files = unzip(archive);
  const xml = async (/** @type {string} */ name) => new DOMParser().parseFromString(await files.text(name), 'application/xml');
  const root = (await xml('META-INF/container.xml')).querySelector('rootfile').getAttribute('full-path');
  const book = await xml(root);
  const folder = root.includes('/') ? root.replace(/[^/]*$/, '') : '';
  const chapters = [];
  for (const item of book.querySelectorAll('spine > itemref')) {
    if (item.getAttribute('linear') === 'no') continue;
    const entry = [...book.querySelectorAll('manifest > item')].find((one) => one.id === item.getAttribute('idref'));
    if (!entry || (entry.getAttribute('properties') ?? '').includes('nav')) continue;
    const path = new URL(decodeURIComponent(entry.getAttribute('href')), `http://book/${folder}`).pathname.slice(1);
    chapters.push(page(await files.text(decodeURIComponent(path)), 'application/xhtml+xml'));
  }
  return chapters.join('\n\n');
}

/** @param {ArrayBuffer} archive */
async function docx(archive) {
  const text = await unzip(archive).text('word/document.xml');
  const parsed = new DOMParser().parseFromString(text, 'application/xml');
  const named = (/** @type {Element | Document} */ part, /** @type {string} */ name) => [...part.getElementsByTagNameNS('*', name)];
  return named(parsed, 'p')
    .map((paragraph) => named(paragraph, 't').map((run) => run.textContent).join(''))
    .filter((line) => line.trim())
    .join('\n\n');
}
