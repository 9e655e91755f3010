// Reduces samples to the heights of a waveform.

/** @param {ArrayLike<number>} samples @param {number} count @param {number} [full] the largest possible sample @returns {Float32Array} 0 to 1 */
export function peaks(samples, count, full = 1) {
  const heights = new Float32Array(count);
  const each = samples.length / count;
  for (let bar = 0; bar < count; bar += 1) {
    const end = Math.min(samples.length, Math.ceil((bar + 1) * each));
    let peak = 0;
    for (let i = Math.floor(bar * each); i < end; i += 1) peak = Math.max(peak, Math.abs(samples[i]));
    heights[bar] = peak / full;
  }
  return heights;
}

/** Decodes a recording of any format that the browser reads. @param {Blob} sound @returns {Promise<AudioBuffer>} */
export async function decoded(sound) {
  const context = new OfflineAudioContext(1, 1, 24000);
  return context.decodeAudioData(await sound.arrayBuffer());
}
