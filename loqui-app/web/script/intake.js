// Where a script comes from: a file, the example, or nothing.

import { byId } from '../lib/dom.js';
import { t } from '../lib/text.js';
import { KINDS, readScript } from './import.js';

export class Intake {
  /** @type {(text: string, title: string, words: string) => void} `words` say what happened */
  onText = () => {};
  /** @type {() => void} called when a new script begins */
  onClear = () => {};
  /** @type {(problem: any) => void} */
  onProblem = () => {};

  constructor() {
    byId('script-file').accept = KINDS;
    byId('open-file').addEventListener('click', () => byId('script-file').click());
    byId('script-file').addEventListener('change', ({ target }) => {
      if (target.files[0]) this.#import(target.files[0]);
      target.value = '';
    });
    byId('example').addEventListener('click', () => {
      this.onText(t('example.text'), '', '');
      byId('script').focus();
    });
    byId('new-script').addEventListener('click', () => {
      this.onClear();
      this.onText('', '', t('script.cleared'));
      byId('script').focus();
    });
    this.#acceptDrops();
  }

  /** @param {boolean} nothing whether there is no text */
  empty(nothing) {
    byId('example').hidden = !nothing;
    byId('new-script').hidden = nothing;
  }

  #acceptDrops() {
    const card = byId('script-card');
    for (const name of ['dragover', 'dragleave', 'drop']) {
      card.addEventListener(name, (event) => {
        if (!event.dataTransfer?.types.includes('Files')) return;
        event.preventDefault();
        card.classList.toggle('over', name === 'dragover');
        const file = name === 'drop' && event.dataTransfer.files[0];
        if (file) this.#import(file);
      });
    }
    byId('script').addEventListener('paste', (event) => {
      const [file] = event.clipboardData?.files ?? [];
      if (!file || event.clipboardData.types.includes('text/plain')) return;
      event.preventDefault();
      this.#import(file);
    });
  }

  /** @param {File} file */
  async #import(file) {
    try {
      const { title, text } = await readScript(file);
      this.onText(text, title.slice(0, 100), t('import.done', { name: file.name }));
    } catch (problem) {
      this.onProblem(problem);
    }
  }
}
