/**
 * One soft notice when the chat closes around people who talk or wait: nobody is cut off.
 *
 * Knows what site/status_link.js has heard of the service, and no clock. Shows in [data-closing] of the room.
 */

import { OPENING_HEARD } from '../site/status_link.js';
import { find, write } from './elements.js';

/** @import { Words } from './words.js' */

/** Why it is closed, when hours or a coordinator have closed it. */
const CLOSED = ['schedule', 'override'];

export class Closing {
  #said;
  #words;
  #isClosed = false;
  /** @type {'talking' | 'waiting'} */
  #who = 'waiting';

  /** @param {{document: EventTarget, root: HTMLElement, words: Words}} parts */
  constructor({ document, root, words }) {
    this.#said = find(root, '[data-closing]', HTMLElement);
    this.#words = words;
    document.addEventListener(OPENING_HEARD, (event) => {
      if (!(event instanceof CustomEvent)) return;
      this.#isClosed = CLOSED.includes(event.detail.reason);
      this.#show();
    });
  }

  /** Say whom it concerns from now on. @param {'talking' | 'waiting'} who */
  show(who) {
    this.#who = who;
    this.#show();
  }

  #show() {
    write(this.#said, this.#isClosed ? this.#words.say(`closing_${this.#who}`) : '');
  }
}
