// The bar at the bottom: progress of the speech, player, downloads.

import { byId, icon } from '../lib/dom.js';
import { clock } from '../lib/format.js';
import { t } from '../lib/text.js';
import { inWords } from '../lib/words.js';
import { post } from '../lib/api.js';
import { downloads } from './downloads.js';
import { Failure, cancel, follow, load } from './job.js';
import { Player } from './player.js';
import { Wave } from './wave.js';

/** @typedef {import('./job.js').Made} Made @typedef {import('./job.js').Sound} Sound */

export class Dock {
  /** @type {() => void} called when a speech starts, ends or is closed */
  onChange = () => {};
  /** Called with the time while it plays. @type {(time: number) => void} */
  onTime = () => {};
  /** @type {Made | null} */
  made = null;
  /** @type {Sound | null} */
  sound = null;
  /** @type {'none' | 'running' | 'done' | 'failed'} */
  state = 'none';
  percent = 0;

  #audio = byId('player');
  #player = new Player(this.#audio);
  #wave = new Wave();
  #following = new AbortController();
  /** The sentence that is repeated. @type {{start: number, end: number} | null} */
  #loop = null;
  #url = '';
  /** The generation that failed. */
  #failed = 0;

  constructor() {
    byId('wave').append(this.#wave.element);
    this.#wave.onSeek = (time) => this.seek(time);
    this.#player.onTell = (words) => (byId('listen-text').textContent = words);
    this.#player.onSound = () => (byId('listen').hidden = false);
    byId('play').addEventListener('click', () => this.toggle());
    byId('speed').addEventListener('change', () => (this.#audio.playbackRate = Number(byId('speed').value)));
    byId('loop').addEventListener('click', () => this.#setLoop());
    byId('cancel').addEventListener('click', () => this.#try(() => cancel(this.made)));
    byId('retry').addEventListener('click', () => this.#retry());
    byId('close-speech').addEventListener('click', () => this.close());
    for (const name of ['play', 'pause', 'ended', 'emptied']) this.#audio.addEventListener(name, () => this.#playing());
    this.#audio.addEventListener('timeupdate', () => this.#tick());
    this.#audio.addEventListener('seeked', () => this.#tick());
    document.addEventListener('keydown', (event) => this.#key(event));
    document.addEventListener('click', ({ target }) => {
      if (target instanceof Node && !byId('download').contains(target)) byId('download').open = false;
    });
  }

  /** Shows a speech: follows it until its end, and plays it. @param {Made} made @param {boolean} start whether it starts by itself */
  async show(made, start) {
    this.#reset();
    this.made = made;
    this.state = 'running';
    this.#following = new AbortController();
    const { signal } = this.#following;
    byId('speech').hidden = false;
    byId('speech-title').textContent = made.title;
    this.#progress(0, t('stage.queued'));
    this.onChange();
    this.#player.begin(made.ids, start);
    try {
      await follow(made, signal, (percent, words) => this.#progress(percent, words));
      const sound = await load(made, signal);
      if (!signal.aborted) this.#finish(sound);
    } catch (problem) {
      if (!signal.aborted) this.#fail(problem);
    }
  }

  /** @param {number} time in seconds */
  seek(time) {
    this.#audio.currentTime = time;
    if (this.#loop && (time < this.#loop.start || time > this.#loop.end)) this.#setLoop(false);
    this.#tick();
  }

  /** Plays from a time. @param {number} time */
  playFrom(time) {
    this.seek(time);
    this.#audio.play().catch(() => {});
  }

  toggle() {
    if (this.#audio.paused) this.#audio.play().catch(() => {});
    else this.#audio.pause();
  }

  get time() {
    return this.#audio.currentTime;
  }

  /** Stops the player and hides the speech. The generation goes on. */
  close() {
    this.#reset();
    byId('speech').hidden = true;
    this.onChange();
  }

  #reset() {
    this.#following.abort();
    this.#player.leave();
    if (this.#url) URL.revokeObjectURL(this.#url);
    this.#url = '';
    [this.made, this.sound, this.state, this.percent] = [null, null, 'none', 0];
    this.#setLoop(false);
    this.#wave.show(null, 0);
    for (const id of ['listen', 'retry', 'download', 'loop']) byId(id).hidden = true;
    for (const id of ['cancel', 'progress']) byId(id).hidden = false;
    byId('speech-problem').textContent = '';
  }

  /** @param {number} percent @param {string} words */
  #progress(percent, words) {
    this.percent = percent;
    byId('progress').value = percent;
    byId('progress-text').textContent = t('stage.percent', { n: percent, words });
    this.onChange();
  }

  /** @param {Sound} sound */
  #finish(sound) {
    this.sound = sound;
    this.state = 'done';
    this.#url = URL.createObjectURL(sound.file);
    this.#player.finish(this.#url);
    this.#wave.show(sound.samples, sound.duration);
    downloads(this.made, sound, (words) => (byId('speech-problem').textContent = words));
    for (const id of ['cancel', 'progress']) byId(id).hidden = true;
    for (const id of ['download', 'loop']) byId(id).hidden = false;
    byId('progress-text').textContent = t('stage.done', { length: clock(sound.duration) });
    this.#tick();
    this.onChange();
  }

  /** @param {any} problem */
  #fail(problem) {
    this.state = 'failed';
    this.#failed = problem instanceof Failure ? problem.id : 0;
    this.#player.fail();
    for (const id of ['cancel', 'progress']) byId(id).hidden = true;
    byId('retry').hidden = this.#failed === 0;
    byId('progress-text').textContent = '';
    byId('speech-problem').textContent = inWords(problem);
    this.onChange();
  }

  #retry() {
    return this.#try(async () => {
      const made = this.made;
      await post(`/api/generation/${this.#failed}/retry`);
      this.show(made, true);
    });
  }

  #playing() {
    const on = !this.#audio.paused && !this.#audio.ended;
    const play = byId('play');
    play.replaceChildren(icon(on ? 'pause' : 'play'));
    play.setAttribute('aria-label', t(on ? 'player.pause' : 'player.play'));
    play.title = t(on ? 'player.pause' : 'player.play');
    if (on) this.#run();
    else this.#tick();
  }

  /** Follows the playback in each frame. */
  #run() {
    if (this.#audio.paused) return;
    this.#tick();
    requestAnimationFrame(() => this.#run());
  }

  #tick() {
    const { currentTime, duration, buffered } = this.#audio;
    const known = Number.isFinite(duration) ? duration : buffered.length ? buffered.end(buffered.length - 1) : 0;
    if (this.#loop && currentTime >= this.#loop.end && !this.#audio.paused) this.#audio.currentTime = this.#loop.start;
    this.#wave.at(currentTime, this.sound?.duration ?? known);
    byId('time').textContent = `${clock(currentTime)} / ${clock(this.sound?.duration ?? known)}`;
    this.onTime(currentTime);
  }

  /** Repeats the sentence that is heard. @param {boolean} [on] */
  #setLoop(on = !this.#loop) {
    const now = this.#audio.currentTime;
    const { blocks = [] } = this.sound ?? {};
    this.#loop = on ? (blocks.find(({ end }) => now < end) ?? blocks[0] ?? null) : null;
    byId('loop').setAttribute('aria-pressed', String(Boolean(this.#loop)));
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const focused = document.activeElement;
    if (event.key !== ' ' || !this.made || byId('listen').hidden || event.ctrlKey || event.metaKey || event.altKey) return;
    if (focused instanceof Element && focused.matches('input, textarea, select, button, summary, a, dialog *')) return;
    event.preventDefault();
    this.toggle();
  }

  /** @param {() => Promise<any>} work */
  async #try(work) {
    byId('speech-problem').textContent = '';
    try {
      await work();
    } catch (problem) {
      byId('speech-problem').textContent = inWords(problem);
    }
  }
}
