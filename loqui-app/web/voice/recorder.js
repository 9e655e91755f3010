// Records from the microphone: permission, countdown, recording. `cancel` works in every state.

// The filters that browsers use for calls are off, because they change the voice.
const CONSTRAINTS = {
  audio: { channelCount: 1, echoCancellation: false, noiseSuppression: false, autoGainControl: false },
};

/** @typedef {'idle' | 'asking' | 'counting' | 'recording'} State */

export class Recorder {
  /** @type {(state: State, left: number) => void} `left` is the number of seconds of the countdown */
  onState = () => {};
  /** @type {(level: number) => void} */
  onLevel = () => {};
  /** @type {(samples: Float32Array[], rate: number) => void} called when a recording is complete */
  onDone = () => {};

  /** @type {Float32Array[]} */
  #chunks = [];
  /** @type {AudioContext | undefined} */
  #context;
  /** @type {MediaStream | undefined} */
  #stream;
  /** @type {State} */
  #state = 'idle';
  /** Aborted by `cancel`. */
  #attempt = new AbortController();
  #countdown;
  #longest;

  /** @param {{countdown?: number, longest?: number}} [limits] in seconds */
  constructor({ countdown = 3, longest = 30 } = {}) {
    this.#countdown = countdown;
    this.#longest = longest;
  }

  get state() {
    return this.#state;
  }

  /** The duration recorded so far, in seconds. */
  get seconds() {
    return this.#chunks.reduce((sum, chunk) => sum + chunk.length, 0) / (this.#context?.sampleRate ?? 1);
  }

  /** Asks for the microphone, counts down, and records until `stop` or the longest duration. */
  async start() {
    if (this.#state !== 'idle') return;
    const attempt = new AbortController();
    this.#attempt = attempt;
    this.#chunks = [];
    this.#become('asking');
    try {
      const stream = await this.#microphone();
      // The user may cancel while the browser asks for permission.
      if (attempt.signal.aborted) return release(stream);
      this.#stream = stream;
      await this.#listen(stream, attempt.signal);
      for (let left = this.#countdown; left > 0 && !attempt.signal.aborted; left -= 1) {
        this.#become('counting', left);
        await wait(1000, attempt.signal);
      }
      if (!attempt.signal.aborted) this.#become('recording');
    } catch (error) {
      if (attempt.signal.aborted) return;
      this.cancel();
      throw error;
    }
  }

  /** Ends the recording and hands it over. */
  stop() {
    if (this.#state !== 'recording') return this.cancel();
    const [chunks, rate] = [this.#chunks, this.#context.sampleRate];
    this.#end();
    this.onDone(chunks, rate);
  }

  /** Stops without a recording. */
  cancel() {
    this.#attempt.abort();
    this.#end();
  }

  async #microphone() {
    if (!navigator.mediaDevices) throw new DOMException('', 'SecurityError');
    return navigator.mediaDevices.getUserMedia(CONSTRAINTS);
  }

  /** @param {MediaStream} stream @param {AbortSignal} signal */
  async #listen(stream, signal) {
    this.#context = new AudioContext();
    await this.#context.audioWorklet.addModule(new URL('capture.js', import.meta.url));
    if (signal.aborted) return;
    const node = new AudioWorkletNode(this.#context, 'capture', { numberOfOutputs: 0 });
    node.port.onmessage = ({ data }) => {
      if (signal.aborted) return;
      this.onLevel(data.reduce((peak, sample) => Math.max(peak, Math.abs(sample)), 0));
      if (this.#state !== 'recording') return;
      this.#chunks.push(data);
      if (this.seconds >= this.#longest) this.stop();
    };
    this.#context.createMediaStreamSource(stream).connect(node);
  }

  #end() {
    if (this.#stream) release(this.#stream);
    this.#context?.close();
    this.#stream = this.#context = undefined;
    this.#become('idle');
  }

  /** @param {State} state @param {number} [left] */
  #become(state, left = 0) {
    this.#state = state;
    this.onState(state, left);
  }
}

/** @param {MediaStream} stream */
function release(stream) {
  for (const track of stream.getTracks()) track.stop();
}

/** Waits, or returns when `signal` is aborted. @param {number} milliseconds @param {AbortSignal} signal */
function wait(milliseconds, signal) {
  return new Promise((/** @type {(value?: any) => void} */ done) => {
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      done();
    });
  });
}
