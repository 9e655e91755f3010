// Plays speech while the rest of it is generated.

import { open } from './api.js';

const KIND = 'audio/mpeg';
// Seconds to buffer before playback begins. With less, playback would stop again at once.
const BEGIN = 2;
// Maximum seconds to buffer ahead of playback. Browsers buffer only a few minutes of a media source.
const AHEAD = 120;

const Source = window.ManagedMediaSource ?? window.MediaSource;

// Whether this browser can play an incomplete MP3 stream. If not, the page plays only finished speech.
export const canPlayLive = Boolean(Source?.isTypeSupported(KIND));

// Streams the audio of a generation into a player. Calls `onEnough` once, when playback can begin. Resolves when all audio is
// buffered. After a failure, the audio received so far can still be played.
export async function live(id, player, signal, onEnough) {
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
    const reader = (await open(`/api/generation/${id}/audio?format=mp3`, signal)).body.getReader();
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      while (end(player) - player.currentTime > AHEAD) await happens(player, 'timeupdate', signal);
      buffer.appendBuffer(piece.value);
      await happens(buffer, 'updateend', signal);
      if (end(player) >= BEGIN) enough();
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

// The end of the buffered audio, in seconds.
const end = ({ buffered }) => (buffered.length ? buffered.end(buffered.length - 1) : 0);

const happens = (target, name, signal) =>
  new Promise((done, failed) => {
    const stop = () => failed(signal.reason);
    const happened = () => {
      signal.removeEventListener('abort', stop);
      done();
    };
    signal.addEventListener('abort', stop, { once: true });
    target.addEventListener(name, happened, { once: true, signal });
  });
