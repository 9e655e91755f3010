// Lets only one thing sound at a time.

/** @type {HTMLMediaElement | null} */
let playing = null;

/** Registers a player: when it starts, the one that was playing pauses. @param {HTMLMediaElement} player */
export function sole(player) {
  player.addEventListener('play', () => {
    if (playing && playing !== player) playing.pause();
    playing = player;
  });
  return player;
}

/** Stops what is playing, for example before a recording. */
export function silence() {
  playing?.pause();
}

/** @type {HTMLMediaElement | null} */
let short = null;

/**
 * Plays a short sound, such as a voice or a trial sentence. `onEnd` is called once, when it ends or is stopped.
 * @param {Blob} sound @param {() => void} onEnd
 */
export function playShort(sound, onEnd) {
  stopShort();
  const url = URL.createObjectURL(sound);
  const player = sole(new Audio(url));
  short = player;
  let over = false;
  const end = () => {
    if (over) return;
    over = true;
    URL.revokeObjectURL(url);
    onEnd();
  };
  for (const name of ['pause', 'ended', 'error']) player.addEventListener(name, end);
  return player.play().catch(end);
}

export function stopShort() {
  short?.pause();
}
