// Connects the sections of the page.

import { get, whenSignedOut } from './api.js';
import { Account } from './account.js';
import { Library } from './library.js';
import { Script } from './script.js';
import { Speech } from './speech.js';
import { Voice } from './voice.js';

const byId = (id) => document.getElementById(id);

const account = new Account();
const voice = new Voice();
const speech = new Speech();
const library = new Library();
const script = new Script();

function show(user) {
  byId('account').hidden = Boolean(user);
  byId('studio').hidden = !user;
  byId('signed-in').hidden = !user;
  byId('who').textContent = user?.username ?? '';
  if (user) {
    refresh();
    script.estimate();
  } else {
    speech.leave();
    byId('username').focus();
  }
}

async function refresh() {
  const items = await library.load();
  if (items) voice.choices(items.samples);
}

async function mode() {
  try {
    const { service, message } = await get('/api/monitoring/ai-service');
    byId('mode').textContent = service.mode === 'replicate' ? `${message} · ${service.model}` : message;
  } catch {
    byId('mode').textContent = '';
  }
}

account.onChange = show;
voice.onAdded = refresh;
speech.onEnd = refresh;
library.onChange = refresh;
library.onFollow = (generation) => speech.follow(generation);
script.onSpeak = async (wanted) => {
  const sample = voice.chosen();
  if (!sample) {
    voice.ask();
    throw new Error('Add a voice first.');
  }
  await speech.begin({ ...wanted, sample_id: sample });
  refresh();
};
whenSignedOut(() => account.leave());

mode();
account.begin();
