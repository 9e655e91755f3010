// Starts the page: texts first, then the parts of the studio.

import { appearance } from './lib/theme.js';
import { fill, t, useLanguage } from './lib/text.js';

await useLanguage(document.documentElement.lang);
document.title = t('title');
fill(document);
appearance();

const { Studio } = await import('./studio.js');
new Studio().begin();
