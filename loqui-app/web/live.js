// Speech that sounds while the rest of it is made.

import { open } from './api.js';

const KIND = 'audio/mpeg';
// How many seconds must be there before it begins: less, and it would stop again at once.
const BEGIN = 2;
// How many seconds are fetched before they are heard: browsers keep no more than some minutes of such sound.
const AHEAD = 120;

const Source = window.ManagedMediaSource ?? window.MediaSource;

// Whether this browser can play what is not whole yet; if not, the finished sound has to do.
export const canPlayLive = Boolean(Source?.isTypeSupported(KIND));

// Puts the sound of a generation into a player as it comes, and tells once when there is enough of it to begin. Resolves when
// all of it is there; what had come before a failure can still be heard.
export async function live(id, player, signal, onEnough) {
  signal.throwIfAborted();
  const source = new Source();
  const address = URL.createObjectURL(source);
  // Sources that the browser manages open only where the sound stays on this device.
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
    // A player that was given something else meanwhile has closed it.
    if (source.readyState === 'open' && !signal.aborted) {
      source.endOfStream();
      enough();
    }
    URL.revokeObjectURL(address);
  }
}

// Up to where there is sound, in seconds.
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
