// Draws the waveform of a recording.

export async function draw(canvas, blob) {
  const context = new OfflineAudioContext(1, 1, 24000);
  let samples;
  try {
    samples = (await context.decodeAudioData(await blob.arrayBuffer())).getChannelData(0);
  } catch {
    canvas.hidden = true;
    return;
  }
  canvas.hidden = false;
  const { width, height } = canvas;
  const pen = canvas.getContext('2d');
  pen.clearRect(0, 0, width, height);
  pen.fillStyle = getComputedStyle(canvas).getPropertyValue('--accent');
  const bars = width / 4;
  const each = Math.max(1, Math.floor(samples.length / bars));
  for (let bar = 0; bar < bars; bar += 1) {
    let peak = 0;
    for (let i = bar * each; i < Math.min((bar + 1) * each, samples.length); i += 1) {
      peak = Math.max(peak, Math.abs(samples[i]));
    }
    const tall = Math.max(2, peak * height * 0.96);
    pen.fillRect(bar * 4, (height - tall) / 2, 2.5, tall);
  }
}
