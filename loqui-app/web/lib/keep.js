// Keeps values in the browser. A browser that refuses storage keeps them until the page closes.

const memory = new Map();

/** @param {string} name @returns {string | null} */
export function read(name) {
  try {
    return localStorage.getItem(`loqui-${name}`) ?? memory.get(name) ?? null;
  } catch {
    return memory.get(name) ?? null;
  }
}

/** @param {string} name @param {string} text */
export function keep(name, text) {
  memory.set(name, text);
  try {
    localStorage.setItem(`loqui-${name}`, text);
  } catch {
    // The value is in memory.
  }
}

/** @param {string} name */
export function forget(name) {
  memory.delete(name);
  try {
    localStorage.removeItem(`loqui-${name}`);
  } catch {
    // The value was only in memory.
  }
}

/** @param {string} name @returns {any} the value, or null if there is none or it cannot be read */
export function readObject(name) {
  try {
    return JSON.parse(read(name) ?? 'null');
  } catch {
    return null;
  }
}

/** @param {string} name @param {any} value */
export const keepObject = (name, value) => keep(name, JSON.stringify(value));

/** Calls `handler` when another tab changes the value. @param {string} name @param {(text: string | null) => void} handler */
export function whenChanged(name, handler) {
  addEventListener('storage', (event) => {
    if (event.key === `loqui-${name}`) handler(event.newValue);
  });
}
