/** Another title while something waits to be noticed. Whoever looks or touches has noticed. */

export class TitleSign {
  #document;
  /** @type {string | null} */
  #usual = null;

  /** @param {Document} document */
  constructor(document) {
    this.#document = document;
    for (const sign of ['visibilitychange', 'pointerdown', 'keydown']) {
      document.addEventListener(sign, () => {
        if (document.visibilityState === 'visible') this.clear();
      });
    }
  }

  /** Show a title that tells nothing of where one is; false when one is shown already. @param {string} title */
  show(title) {
    if (this.#usual !== null) return false;
    this.#usual = this.#document.title;
    this.#document.title = title;
    return true;
  }

  /** Give the page its usual title back. */
  clear() {
    if (this.#usual !== null) this.#document.title = this.#usual;
    this.#usual = null;
  }
}
