/**
 * Duty: in words what the server says, and the buttons that ask it to change. What is missing is named, never hidden.
 */

import { find, write } from './elements.js';

/** @import { DeskView } from '../conversation/desk.js' */
/** @import { DutyState } from '../transport/frames.js' */
/** @import { Words } from './words.js' */

export class DutyView {
  #words;
  #state;
  #missing;
  #list;
  /** @type {Map<DutyState, HTMLButtonElement>} */
  #buttons = new Map();

  /** @param {{root: HTMLElement, words: Words, set: (state: DutyState) => void}} parts */
  constructor({ root, words, set }) {
    this.#words = words;
    this.#state = find(root, '[data-duty-state]', HTMLElement);
    this.#missing = find(root, '[data-missing]', HTMLElement);
    this.#list = find(root, '[data-missing-list]', HTMLElement);
    for (const state of /** @type {const} */ (['on', 'paused', 'off'])) {
      const button = find(root, `[data-duty-set="${state}"]`, HTMLButtonElement);
      button.addEventListener('click', () => set(state));
      this.#buttons.set(state, button);
    }
  }

  /** @param {DeskView} view */
  show({ connected, isLost, duty, missing, conversation }) {
    if (connected) write(this.#state, this.#words.say(`duty_${duty}`));
    else if (isLost) write(this.#state, this.#words.say('duty_lost'));
    for (const [state, button] of this.#buttons) {
      const isOffered = state === 'on' ? duty !== 'on' : duty !== 'off' && state !== duty;
      button.hidden = !isOffered;
      button.disabled =
        !connected || (state === 'on' && missing.length > 0) || (state === 'off' && conversation !== null);
    }
    this.#showMissing(connected ? missing : []);
  }

  /** Say what keeps this browser from being used at all. @param {string} word */
  showProblem(word) {
    this.#list.replaceChildren();
    this.#add(this.#words.say(word));
    this.#missing.hidden = false;
  }

  /** @param {string[]} missing */
  #showMissing(missing) {
    this.#missing.hidden = missing.length === 0;
    this.#list.replaceChildren();
    for (const code of missing) {
      this.#add(
        this.#words.say(this.#words.has(`missing_${code}`) ? `missing_${code}` : 'missing_other', { code }),
      );
    }
  }

  /** @param {string} text */
  #add(text) {
    const item = document.createElement('li');
    item.textContent = text;
    this.#list.append(item);
  }
}
