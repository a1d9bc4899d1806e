/**
 * A box with a button that speaks to a device: shown where the browser can, busy while it does, with words when it
 * did not work. The words stand in the page; what the button does is handed in.
 */

export class PasskeyBox {
  /** @type {HTMLElement} */
  #box;
  /** @type {HTMLButtonElement} */
  #button;
  /** @type {HTMLElement | null} */
  #problem;

  /** @param {HTMLElement} box */
  constructor(box) {
    this.#box = box;
    this.#button = /** @type {HTMLButtonElement} */ (box.querySelector('[data-act]'));
    this.#problem = box.querySelector('[data-problem]');
  }

  /** Show the box and let its button act. @param {() => Promise<void>} act */
  open(act) {
    this.#box.hidden = false;
    this.#button.addEventListener('click', (event) => {
      // Where it is the form's own button, the device answers first.
      event.preventDefault();
      void this.#try(act);
    });
  }

  /** @param {() => Promise<void>} act */
  async #try(act) {
    if (this.#button.getAttribute('aria-disabled') === 'true') return;
    this.#tell(false);
    // Not disabled, because a button that is loses the keyboard's focus.
    this.#button.setAttribute('aria-disabled', 'true');
    try {
      await act();
    } catch {
      // Left by the person, timed out, or refused by device or service: the same words and the same way on.
      this.#tell(true);
    } finally {
      this.#button.removeAttribute('aria-disabled');
    }
  }

  /** @param {boolean} isWrong */
  #tell(isWrong) {
    if (this.#problem) this.#problem.hidden = !isWrong;
  }
}
