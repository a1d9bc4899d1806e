/**
 * Waiting for a mentor: words to begin with, a gentle word after a silence, and being called by one press.
 *
 * Knows the parts of partials/conversation_waiting.html and the openers. It fills the box and sends nothing.
 */

import { find, write } from './elements.js';

/** @import { VisitorView } from '../conversation/visitor.js' */
/** @import { Timers } from '../transport/socket.js' */
/** @import { Call } from './call.js' */
/** @import { Room } from './room.js' */
/** @import { Words } from './words.js' */

/** How long nothing is written before the page says that this is all right. */
export const SILENCE_MS = 45_000;

export class Waiting {
  #parts;
  #tools;
  #prompt;
  /** @type {unknown} */
  #timer = null;
  #wasWaiting = false;

  /** @param {{root: HTMLElement, room: Room, words: Words, call: Call, timers: Timers}} parts */
  constructor(parts) {
    this.#parts = parts;
    const { root, room, call } = parts;
    this.#tools = find(root, '[data-waiting-tools]', HTMLElement);
    this.#prompt = find(root, '[data-prompt]', HTMLElement);
    for (const opener of root.querySelectorAll('[data-opener]')) {
      opener.addEventListener('click', () => room.fill(opener.textContent?.trim() ?? ''));
    }
    const button = find(root, '[data-call]', HTMLButtonElement);
    button.addEventListener('click', () => {
      call.set(!call.isOn);
      button.setAttribute('aria-pressed', String(call.isOn));
    });
    root.addEventListener('input', () => this.#heard());
  }

  /** @param {VisitorView} view */
  show({ stage, question, lines }) {
    const isWaiting = (stage === 'joining' || stage === 'waiting') && question === null;
    if (isWaiting !== this.#wasWaiting) {
      this.#wasWaiting = isWaiting;
      this.#tools.hidden = !isWaiting;
      if (isWaiting) this.#listen();
      else {
        this.#heard();
        if (stage !== 'over') this.#parts.call.ring();
      }
    } else if (isWaiting && lines.length > 0) this.#heard();
  }

  #listen() {
    this.#timer = this.#parts.timers.set(() => {
      if (this.#parts.room.isEmpty) write(this.#prompt, this.#parts.words.say('prompt'));
    }, SILENCE_MS);
  }

  #heard() {
    this.#parts.timers.clear(this.#timer);
    write(this.#prompt, '');
  }
}
