// Creates elements.

/** @param {string} id @returns {any} */
export const byId = (id) => document.getElementById(id);

/**
 * Creates an element. `props` sets properties, attributes, and `on…` event listeners; `null` and `false` children are left out.
 * @param {string} tag
 * @param {Record<string, any> | null} [props]
 * @param {...(Node | string | number | null | false | undefined)} children
 * @returns {any}
 */
export function h(tag, props, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === undefined || value === null) continue;
    if (name.startsWith('on')) made.addEventListener(name.slice(2), value);
    else if (name === 'class') made.className = value;
    else if (name in made && !name.startsWith('aria')) made[name] = value;
    else made.setAttribute(name, String(value));
  }
  for (const child of children) if (child !== null && child !== false && child !== undefined) made.append(child instanceof Node ? child : String(child));
  return made;
}


const PATHS = {
  play: 'M7 4.5v15l12-7.5z',
  pause: 'M7 5h3.5v14H7zM13.5 5H17v14h-3.5z',
  stop: 'M6 6h12v12H6z',
  mic: 'M12 3a3 3 0 0 0-3 3v6a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3zM6 11v1a6 6 0 0 0 12 0v-1M12 18v3',
  upload: 'M12 16V4M7 9l5-5 5 5M4 20h16',
  download: 'M12 4v12M7 11l5 5 5-5M4 20h16',
  trash: 'M5 7h14M9 7V4h6v3M7 7l1 13h8l1-13',
  pen: 'M4 20l1-4L16 5l3 3L8 19zM14 7l3 3',
  loop: 'M4 12a7 7 0 0 1 7-7h6M14 2l3 3-3 3M20 12a7 7 0 0 1-7 7H7M10 22l-3-3 3-3',
  undo: 'M8 5L4 9l4 4M4 9h10a5.5 5.5 0 0 1 0 11H9',
  redo: 'M16 5l4 4-4 4M20 9H10a5.5 5.5 0 0 0 0 11h5',
  plus: 'M12 5v14M5 12h14',
  again: 'M19 8a8 8 0 1 0 1 5M20 4v5h-5',
  check: 'M5 13l4 4L19 7',
  text: 'M5 6h14M5 11h14M5 16h9',
  close: 'M6 6l12 12M18 6L6 18',
};
const FILLED = ['play', 'pause', 'stop'];

/** @param {keyof typeof PATHS} name @returns {SVGElement} */
export function icon(name) {
  const space = 'http://www.w3.org/2000/svg';
  const picture = document.createElementNS(space, 'svg');
  picture.setAttribute('viewBox', '0 0 24 24');
  picture.setAttribute('class', FILLED.includes(name) ? 'icon filled' : 'icon');
  picture.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(space, 'path');
  path.setAttribute('d', PATHS[name]);
  picture.append(path);
  return picture;
}

/**
 * Creates a button. A button with only an icon gets its name from `label`.
 * @param {{text?: string, label?: string, icon?: any, class?: string, id?: string, onclick?: (event: Event) => void, [name: string]: any}} props
 */
export function button({ text, label, icon: picture, ...props }) {
  const only = text ? undefined : label;
  return h(
    'button',
    { type: 'button', 'aria-label': label ?? undefined, title: only, ...props, class: `${props.class ?? 'quiet'}${text ? '' : ' round'}` },
    picture && icon(picture),
    text,
  );
}

/** Sets the class `name` on an element if `on`. @param {Element} element @param {string} name @param {boolean} on */
export const mark = (element, name, on) => element.classList.toggle(name, on);
