// An audio worklet, which runs in the audio thread. It sends each block of samples from the microphone to the page.

class Capture extends AudioWorkletProcessor {
  process([input]) {
    if (input?.[0]) this.port.postMessage(input[0].slice());
    return true;
  }
}
registerProcessor('capture', Capture);
