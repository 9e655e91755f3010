// A long list that has only the visible rows in the document.

// How far outside the frame rows are kept, in pixels.
const AROUND = 250;

/** @template T */
export class Rows {
  #frame;
  #space;
  #build;
  #guess;
  /** @type {T[]} */
  #items = [];
  /** Measured heights, by key. @type {Map<any, number>} */
  #heights = new Map();
  /** The top of each row, and the total height. @type {number[]} */
  #tops = [0];
  /** The rows in the document, by key. @type {Map<any, {item: T, element: HTMLElement}>} */
  #shown = new Map();
  #key;
  #waiting = 0;

  /**
   * @param {HTMLElement} frame the element that scrolls @param {HTMLElement} space the list within it
   * @param {{key: (item: T) => any, build: (item: T, index: number) => HTMLElement, guess: (item: T) => number}} how
   *   `guess` estimates the height of a row that was not shown yet, in pixels
   */
  constructor(frame, space, { key, build, guess }) {
    [this.#frame, this.#space, this.#key, this.#build, this.#guess] = [frame, space, key, build, guess];
    frame.addEventListener('scroll', () => this.#later(), { passive: true });
    new ResizeObserver(() => {
      this.#heights.clear();
      this.#later();
    }).observe(frame);
  }

  /** @param {T[]} items */
  show(items) {
    this.#items = items;
    this.#measure();
    this.#paint();
  }

  /** Builds the rows in the document again. */
  refresh() {
    this.#shown.forEach(({ element }) => element.remove());
    this.#shown.clear();
    this.#paint();
  }

  /** @param {any} key @returns {HTMLElement | undefined} the row, if it is in the document */
  row(key) {
    return this.#shown.get(key)?.element;
  }

  /** Scrolls until a row is visible, and returns it. @param {any} key */
  reveal(key) {
    const index = this.#items.findIndex((item) => this.#key(item) === key);
    if (index < 0) return undefined;
    const [top, bottom] = [this.#tops[index], this.#tops[index + 1]];
    const { scrollTop, clientHeight } = this.#frame;
    if (top < scrollTop) this.#frame.scrollTop = top - 8;
    else if (bottom > scrollTop + clientHeight) this.#frame.scrollTop = Math.min(top - 8, bottom - clientHeight + 8);
    this.#paint();
    return this.row(key);
  }

  #later() {
    if (this.#waiting) return;
    this.#waiting = requestAnimationFrame(() => {
      this.#waiting = 0;
      this.#measure();
      this.#paint();
    });
  }

  #measure() {
    const tops = new Array(this.#items.length + 1);
    tops[0] = 0;
    this.#items.forEach((item, index) => {
      tops[index + 1] = tops[index] + (this.#heights.get(this.#key(item)) ?? this.#guess(item));
    });
    this.#tops = tops;
    this.#space.style.height = `${tops.at(-1)}px`;
  }

  /** The first row that ends below a height. @param {number} height */
  #at(height) {
    let low = 0;
    let high = this.#items.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#tops[middle + 1] < height) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #paint(again = true) {
    const { scrollTop, clientHeight } = this.#frame;
    const first = this.#at(scrollTop - AROUND);
    const last = Math.min(this.#items.length - 1, this.#at(scrollTop + clientHeight + AROUND));
    const wanted = new Map();
    for (let index = first; index <= last; index += 1) wanted.set(this.#key(this.#items[index]), index);
    for (const [key, { item, element }] of this.#shown) {
      const stays = wanted.has(key) && this.#items[wanted.get(key)] === item;
      // A row with the focus stays, so that the focus is not lost while scrolling.
      if (stays || (this.#items.includes(item) && element.contains(document.activeElement))) continue;
      element.remove();
      this.#shown.delete(key);
    }
    /** @type {Element | null} */
    let after = null;
    for (const [key, index] of wanted) {
      let row = this.#shown.get(key);
      if (!row) {
        row = { item: this.#items[index], element: this.#build(this.#items[index], index) };
        this.#shown.set(key, row);
        if (after) after.after(row.element);
        else this.#space.prepend(row.element);
      }
      after = row.element;
      row.element.ariaPosInSet = String(index + 1);
      row.element.ariaSetSize = String(this.#items.length);
      row.element.style.top = `${this.#tops[index]}px`;
    }
    if (this.#learn(wanted.keys()) && again) {
      this.#measure();
      this.#paint(false);
    }
  }

  /** Notes the heights of the rows. Returns whether one was different. @param {Iterable<any>} keys */
  #learn(keys) {
    let different = false;
    for (const key of keys) {
      const height = this.#shown.get(key)?.element.offsetHeight;
      if (!height || this.#heights.get(key) === height) continue;
      this.#heights.set(key, height);
      different = true;
    }
    return different;
  }

  /** Measures the rows again after one of them changed. */
  settle() {
    this.#later();
  }
}
