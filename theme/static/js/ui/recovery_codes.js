/** Recovery codes on the page: buttons to print them and to copy them, shown where the browser can do it. */

export class RecoveryCodes {
  /** @type {HTMLElement} */
  #box;

  /** @param {HTMLElement} box */
  constructor(box) {
    this.#box = box;
  }

  /** @param {{print: () => void, copy?: (text: string) => Promise<void>}} device */
  open({ print, copy }) {
    this.#button('[data-print]', print);
    if (copy) this.#button('[data-copy]', () => void copy(this.#text()).then(() => this.#tell()));
  }

  #text() {
    return Array.from(this.#box.querySelectorAll('[data-codes] code'), (code) => code.textContent).join('\n');
  }

  #tell() {
    const told = /** @type {HTMLElement} */ (this.#box.querySelector('[data-copied]'));
    told.textContent = told.dataset.words ?? '';
  }

  /**
   * @param {string} selector
   * @param {() => void} act
   */
  #button(selector, act) {
    const button = /** @type {HTMLElement} */ (this.#box.querySelector(selector));
    button.hidden = false;
    button.addEventListener('click', act);
  }
}
