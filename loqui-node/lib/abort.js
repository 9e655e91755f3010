'use strict';

/** Returns the signal if it is one or absent. */
function listens(signal) {
  if (signal === undefined || signal === null || typeof signal.addEventListener === 'function') return signal;
  throw new TypeError('signal must be an AbortSignal');
}

/** Waits for a promise. If the signal fires first, calls `onAbort` and rejects with the reason of the signal. */
async function abortable(promise, signal, onAbort = () => {}) {
  if (!listens(signal)) return promise;
  let listener;
  const aborted = new Promise((_, reject) => {
    listener = () => reject(signal.reason);
    if (signal.aborted) listener();
    else signal.addEventListener('abort', listener, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } catch (error) {
    if (signal.aborted) {
      promise.catch(() => {}); // its result is dropped
      await onAbort();
    }
    throw error;
  } finally {
    signal.removeEventListener('abort', listener);
  }
}

module.exports = { abortable };
