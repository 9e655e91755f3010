// The section of one generation: progress, playback, download.

import { blob, events, post } from './api.js';
import { Player } from './player.js';

const byId = (id) => document.getElementById(id);

export class Speech {
  onEnd = () => {};

  #id = null;
  #following = null;
  #urls = [];
  #player = new Player();

  constructor() {
    byId('cancel').addEventListener('click', () => this.#try(() => post(`/api/generation/${this.#id}/cancel`)));
    byId('retry').addEventListener('click', () =>
      this.#try(async () => this.follow(await post(`/api/generation/${this.#id}/retry`))),
    );
  }

  async begin(wanted) {
    await this.follow(await post('/api/generation/create', wanted));
  }

  async follow(generation) {
    this.leave();
    this.#id = generation.audio_id;
    this.#following = new AbortController();
    byId('speech').hidden = false;
    byId('progress').hidden = false;
    byId('cancel').hidden = false;
    this.#tell(generation.progress ?? 0, 'Your request is in the queue');
    byId('speech').scrollIntoView({ block: 'nearest' });
    if (generation.status !== 'FAILED') this.#player.begin(this.#id);
    this.#watch(this.#id, this.#following.signal);
  }

  // Hides the section, and stops playback and events.
  leave() {
    this.#following?.abort();
    this.#player.leave();
    this.#urls.forEach((url) => URL.revokeObjectURL(url));
    this.#urls = [];
    byId('speech').hidden = true;
    byId('result').hidden = true;
    byId('retry').hidden = true;
    byId('speech-problem').textContent = '';
  }

  async #watch(id, signal) {
    try {
      for await (const event of events(id, signal)) {
        this.#tell(event.progress, event.message);
        if (event.name === 'end') {
          byId('cancel').hidden = true;
          if (event.status === 'COMPLETED') await this.#result(id, signal);
          else this.#failed(event.message);
        }
      }
      this.onEnd();
    } catch (problem) {
      if (!signal.aborted) this.#failed(String(problem));
    }
  }

  async #result(id, signal) {
    const sound = await blob(`/api/library/download/generated/${id}`);
    const [srt, vtt] = await Promise.all(
      ['srt', 'vtt'].map((format) => blob(`/api/generation/${id}/subtitles?format=${format}`)),
    );
    if (signal.aborted) return;
    const url = (data) => {
      this.#urls.push(URL.createObjectURL(data));
      return this.#urls.at(-1);
    };
    const finished = url(sound);
    this.#player.finish(finished);
    for (const [name, data, extension] of [['wav', sound, 'wav'], ['srt', srt, 'srt'], ['vtt', vtt, 'vtt']]) {
      const link = byId(`download-${name}`);
      link.href = name === 'wav' ? finished : url(data);
      link.download = `loqui-${id}.${extension}`;
    }
    byId('progress').hidden = true;
    byId('result').hidden = false;
  }

  #failed(message) {
    this.#player.fail();
    byId('progress').hidden = true;
    byId('progress-text').textContent = '';
    byId('cancel').hidden = true;
    byId('retry').hidden = false;
    byId('speech-problem').textContent = message;
  }

  #tell(progress, message) {
    byId('progress').value = progress;
    byId('progress-text').textContent = progress < 100 ? `${progress} % · ${message}` : message;
  }

  async #try(work) {
    try {
      await work();
    } catch (problem) {
      byId('speech-problem').textContent = String(problem);
    }
  }
}
