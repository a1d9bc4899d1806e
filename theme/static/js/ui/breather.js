/**
 * The pause after a conversation: how it went, by ticks that are sent when the mentor goes on, and a way to say that she
 * needs to talk. Nothing here makes her wait.
 *
 * Knows the parts of mentor_breather.html. Which ends of a conversation call for a pause is told here too.
 */

import { find, write } from './elements.js';

/** @import { ConversationEnd, DeskView } from '../conversation/desk.js' */
/** @import { Words } from './words.js' */

/** Where no conversation was had there is nothing to rest from. @type {(ConversationEnd | null)[]} */
const NO_TALK = [null, 'declined', 'unasked'];

/**
 * @typedef {object} BreatherParts
 * @property {HTMLElement} root
 * @property {Words} words
 * @property {(ticks: string[]) => void} rested
 * @property {() => Promise<boolean>} askToTalk
 */

export class Breather {
  #root;
  #words;
  #rested;
  #ticks;
  #need;
  #told;
  #isPause = false;

  /** @param {BreatherParts} parts */
  constructor({ root, words, rested, askToTalk }) {
    this.#root = find(root, '[data-breather]', HTMLElement);
    this.#words = words;
    this.#rested = rested;
    this.#ticks = /** @type {HTMLInputElement[]} */ ([...this.#root.querySelectorAll('[data-tick]')]);
    this.#need = find(root, '[data-need-to-talk]', HTMLButtonElement);
    this.#told = find(root, '[data-talk-told]', HTMLElement);
    find(root, '[data-rested]', HTMLButtonElement).addEventListener('click', () => this.goOn());
    this.#need.addEventListener('click', async () => {
      this.#need.disabled = true;
      const isKept = await askToTalk();
      this.#need.disabled = isKept;
      write(this.#told, this.#words.say(isKept ? 'talk_kept' : 'talk_not_kept'));
    });
  }

  /** @param {DeskView} view @returns {boolean} whether there is a pause now */
  show({ conversation, ended, connected, stopped }) {
    const isPause = conversation === null && stopped === null && !NO_TALK.includes(ended);
    // A connection that is lost for a moment takes nothing of what was ticked.
    if (isPause && !this.#isPause) this.#clear();
    this.#isPause = isPause;
    this.#root.hidden = !isPause || !connected;
    return isPause;
  }

  /** Send what was ticked, if anything, and end the pause. */
  goOn() {
    if (this.#root.hidden) return;
    this.#rested(this.#ticks.filter((tick) => tick.checked).map((tick) => tick.value));
    this.#clear();
  }

  #clear() {
    for (const tick of this.#ticks) tick.checked = false;
    this.#need.disabled = false;
    write(this.#told, '');
  }
}
