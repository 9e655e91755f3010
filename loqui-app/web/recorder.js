// Records from the microphone without the filters that browsers use for calls, because they change the voice.

import { wav } from './wav.js';

const CONSTRAINTS = {
  audio: { channelCount: 1, echoCancellation: false, noiseSuppression: false, autoGainControl: false },
};

export class Recorder {
  onLevel = () => {};

  #chunks = [];
  #context;
  #stream;

  async start() {
    this.#stream = await navigator.mediaDevices.getUserMedia(CONSTRAINTS);
    this.#context = new AudioContext();
    await this.#context.audioWorklet.addModule('/web/capture.js');
    const node = new AudioWorkletNode(this.#context, 'capture', { numberOfOutputs: 0 });
    node.port.onmessage = ({ data }) => {
      this.#chunks.push(data);
      this.onLevel(data.reduce((peak, sample) => Math.max(peak, Math.abs(sample)), 0));
    };
    this.#context.createMediaStreamSource(this.#stream).connect(node);
  }

  // The duration recorded so far, in seconds.
  get seconds() {
    return this.#chunks.reduce((sum, chunk) => sum + chunk.length, 0) / (this.#context?.sampleRate ?? 1);
  }

  // Stops, and returns the recording as a WAV file.
  stop() {
    const rate = this.#context?.sampleRate ?? 48000;
    this.#stream?.getTracks().forEach((track) => track.stop());
    this.#context?.close();
    return wav(this.#chunks, rate);
  }
}
