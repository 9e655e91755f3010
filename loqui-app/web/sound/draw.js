// Draws waveforms.

/**
 * Fits the canvas to its size on the screen.
 * @param {HTMLCanvasElement} canvas @returns {number} the number of bars that fit
 */
export function fit(canvas) {
  const ratio = Math.min(2, devicePixelRatio || 1);
  const width = Math.max(1, Math.round(canvas.clientWidth * ratio));
  const height = Math.max(1, Math.round(canvas.clientHeight * ratio));
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  return Math.max(1, Math.floor(canvas.clientWidth / 4));
}

/**
 * Draws bars. Those before `played` (0 to 1) have the accent colour; those outside `from` to `to` are pale.
 * @param {HTMLCanvasElement} canvas @param {Float32Array} heights @param {{played?: number, from?: number, to?: number}} [parts]
 */
export function draw(canvas, heights, { played = 1, from = 0, to = 1 } = {}) {
  const { width, height } = canvas;
  const pen = canvas.getContext('2d');
  const style = getComputedStyle(canvas);
  const [accent, soft] = [style.getPropertyValue('--accent'), style.getPropertyValue('--wave')];
  pen.clearRect(0, 0, width, height);
  const loudest = heights.reduce((most, one) => Math.max(most, one), 0.15);
  const step = width / heights.length;
  const thick = Math.max(1, step * 0.62);
  for (let bar = 0; bar < heights.length; bar += 1) {
    const place = (bar + 0.5) / heights.length;
    const inside = place >= from && place <= to;
    const tall = Math.max(thick, (heights[bar] / loudest) * height * 0.94);
    pen.fillStyle = inside && place <= played ? accent : soft;
    pen.globalAlpha = inside ? 1 : 0.45;
    pen.beginPath();
    pen.roundRect(bar * step + (step - thick) / 2, (height - tall) / 2, thick, tall, thick / 2);
    pen.fill();
  }
  pen.globalAlpha = 1;
}
