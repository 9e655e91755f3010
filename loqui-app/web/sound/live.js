// Plays speech while the rest of it is generated.

import { open } from '../lib/api.js';

const KIND = 'audio/mpeg';
// Seconds to buffer before playback begins. With less, playback would stop again at once.
const BEGIN = 2;
// Maximum seconds to buffer ahead of playback. Browsers buffer only a few minutes of a media source.
const AHEAD = 120;

/** @type {typeof MediaSource | undefined} */
const Source = /** @type {any} */ (window).ManagedMediaSource ?? window.MediaSource;

// Whether this browser can play an incomplete MP3 stream. If not, the page plays only finished speech.
export const canPlayLive = Boolean(Source?.isTypeSupported(KIND));

/**
 * Streams the audio of generations, one after the other, into a player. Calls `onEnough` once, when playback can begin.
 * Resolves when all audio is buffered. After a failure, the audio received so far can still be played.
 * @param {number[]} ids @param {HTMLAudioElement} player @param {AbortSignal} signal @param {() => void} onEnough
 */
export async function live(ids, player, signal, onEnough) {
  signal.throwIfAborted();
  const source = new Source();
  const address = URL.createObjectURL(source);
  // A `ManagedMediaSource` opens only if remote playback is disabled.
  player.disableRemotePlayback = true;
  player.src = address;
  let told = false;
  const enough = () => {
    if (!told && end(player) > 0) onEnough();
    told ||= end(player) > 0;
  };
  try {
    await happens(source, 'sourceopen', signal);
    const buffer = source.addSourceBuffer(KIND);
    // Each stream starts where the one before ended.
    buffer.mode = 'sequence';
    for (const id of ids) {
      const reader = (await open(`/api/generation/${id}/audio?format=mp3`, signal)).body.getReader();
      for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
        while (end(player) - player.currentTime > AHEAD) await happens(player, 'timeupdate', signal);
        buffer.appendBuffer(piece.value);
        await happens(buffer, 'updateend', signal);
        if (end(player) >= BEGIN) enough();
      }
    }
  } finally {
    // The source is closed if the player has been given another address in the meantime.
    if (source.readyState === 'open' && !signal.aborted) {
      source.endOfStream();
      enough();
    }
    URL.revokeObjectURL(address);
  }
}

/** The end of the buffered audio, in seconds. @param {HTMLMediaElement} player */
const end = ({ buffered }) => (buffered.length ? buffered.end(buffered.length - 1) : 0);

/** @param {EventTarget} target @param {string} name @param {AbortSignal} signal */
const happens = (target, name, signal) =>
  new Promise((/** @type {(value?: any) => void} */ done, failed) => {
    const stop = () => failed(signal.reason);
    const happened = () => {
      signal.removeEventListener('abort', stop);
      done();
    };
    signal.addEventListener('abort', stop, { once: true });
    target.addEventListener(name, happened, { once: true, signal });
  });
