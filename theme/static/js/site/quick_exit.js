/**
 * "Lämna snabbt": the page is blank at once, forgets what it holds, and its place in the history becomes a neutral one.
 *
 * Knows [data-quick-exit] links and the Shift key three times. Does not know the conversation: whoever holds something
 * that must be cleared or told to the server listens for the event QUICK_EXIT on the document, and must do it there and
 * then, because the page is gone a moment later. Without this script the link is a plain link to the neutral page.
 */

export const QUICK_EXIT = 'quickexit';
export const PRESSES = 3;
export const FORGET_PRESSES_AFTER_MS = 5000;

export class QuickExit {
  /** @type {Document} */
  #document;
  /** @type {{replace(address: string): void}} */
  #location;
  /** @type {Storage[]} */
  #storages;
  /** @type {HTMLElement | null} */
  #progress;
  #presses = 0;
  #shiftAlone = false;
  /** @type {ReturnType<typeof setTimeout> | null} */
  #timer = null;

  /** @param {{document: Document, location: {replace(address: string): void}, storages?: Storage[]}} parts */
  constructor({ document, location, storages = [] }) {
    this.#document = document;
    this.#location = location;
    this.#storages = storages;
    this.#progress = document.querySelector('[data-exit-progress]');
  }

  start() {
    this.#document.addEventListener('click', this.#onClick);
    this.#document.addEventListener('pointerdown', this.#forgetPresses);
    this.#document.addEventListener('keydown', this.#onKeyDown);
    this.#document.addEventListener('keyup', this.#onKeyUp);
  }

  /** Leave now. Order matters: tell and clear first, then blank, then go. */
  leave() {
    const link = this.#document.querySelector('[data-quick-exit]');
    const address = link instanceof HTMLAnchorElement ? link.href : '/';
    this.#document.dispatchEvent(new CustomEvent(QUICK_EXIT));
    this.#document.title = '\u200b';
    this.#document.body.replaceChildren();
    for (const storage of this.#storages) storage.clear();
    this.#location.replace(address);
  }

  /** @param {MouseEvent} event */
  #onClick = (event) => {
    if (!(event.target instanceof Element) || !event.target.closest('[data-quick-exit]')) return;
    event.preventDefault();
    this.leave();
  };

  // Shift counts when it goes up alone, so that capital letters in a message never do.
  /** @param {KeyboardEvent} event */
  #onKeyDown = (event) => {
    this.#shiftAlone = event.key === 'Shift' && !event.isComposing;
    if (!this.#shiftAlone) this.#forgetPresses();
  };

  /** @param {KeyboardEvent} event */
  #onKeyUp = (event) => {
    if (event.key !== 'Shift' || !this.#shiftAlone) return;
    this.#shiftAlone = false;
    this.#presses += 1;
    if (this.#presses >= PRESSES) {
      this.leave();
      return;
    }
    this.#showProgress();
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#forgetPresses, FORGET_PRESSES_AFTER_MS);
  };

  #forgetPresses = () => {
    this.#shiftAlone = false;
    this.#presses = 0;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#showProgress();
  };

  #showProgress() {
    if (!this.#progress) return;
    const { twoLeft, oneLeft } = this.#progress.dataset;
    const text = this.#presses === 0 ? '' : this.#presses === 1 ? twoLeft : oneLeft;
    if (this.#progress.textContent !== text) this.#progress.textContent = text ?? '';
  }
}
