// Saves the finished speech and its subtitles.

import { blob } from '../lib/api.js';
import { button, byId } from '../lib/dom.js';
import { t } from '../lib/text.js';
import { inWords } from '../lib/words.js';

/** @typedef {import('./job.js').Made} Made @typedef {import('./job.js').Sound} Sound */

const ENCODED = { mp3: 'audio/mpeg', opus: 'audio/ogg', flac: 'audio/flac' };

/** @param {Made} made @param {Sound} sound @param {(words: string) => void} tell */
export function downloads(made, sound, tell) {
  const single = made.ids.length === 1;
  const kinds = ['wav', 'mp3', ...(single ? ['opus', 'flac'] : []), 'srt', 'vtt'];
  byId('download-list').replaceChildren(
    ...kinds.map((kind) =>
      button({
        text: t(`download.${kind}`),
        id: `download-${kind}`,
        class: 'menu-item',
        onclick: async (event) => {
          const pressed = /** @type {HTMLButtonElement} */ (event.currentTarget);
          pressed.disabled = true;
          tell('');
          try {
            save(await content(kind, made, sound), `${fileName(made.title)}.${kind}`);
          } catch (problem) {
            tell(inWords(problem));
          } finally {
            pressed.disabled = false;
            byId('download').open = false;
          }
        },
      }),
    ),
  );
}

/** @param {string} kind @param {Made} made @param {Sound} sound @returns {Promise<Blob>} */
async function content(kind, { ids }, { file, cues }) {
  if (kind === 'wav') return file;
  if (kind in ENCODED) {
    const pieces = [];
    for (const id of ids) pieces.push(await blob(`/api/generation/${id}/audio?format=${kind}`));
    return new Blob(pieces, { type: ENCODED[kind] });
  }
  if (ids.length === 1) return blob(`/api/generation/${ids[0]}/subtitles?format=${kind}`);
  return new Blob([subtitles(cues, kind)], { type: 'text/plain' });
}

/** @param {import('./cues.js').Cue[]} cues @param {string} kind `srt` or `vtt` */
export function subtitles(cues, kind) {
  const mark = kind === 'srt' ? ',' : '.';
  const lines = cues.map(
    ({ start, end, text }, index) => `${kind === 'srt' ? `${index + 1}\n` : ''}${time(start, mark)} --> ${time(end, mark)}\n${text}\n`,
  );
  return (kind === 'vtt' ? 'WEBVTT\n\n' : '') + lines.join('\n');
}

/** @param {number} seconds @param {string} mark */
function time(seconds, mark) {
  const whole = Math.round(seconds * 1000);
  const parts = [Math.floor(whole / 3_600_000), Math.floor(whole / 60_000) % 60, Math.floor(whole / 1000) % 60];
  return `${parts.map((part) => String(part).padStart(2, '0')).join(':')}${mark}${String(whole % 1000).padStart(3, '0')}`;
}

/** @param {string} title */
export const fileName = (title) => title.replace(/[\\/:*?"<>|\p{Cc}]/gu, '').replace(/[.…\s]+$/u, '').slice(0, 60) || 'speech';

/** @param {Blob} file @param {string} name */
export function save(file, name) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
