/**
 * What the mentor sees of the visitor's page: open, behind another one or gone, and since when.
 *
 * The text on the screen counts the minutes. What is read aloud does not: only that another page is in front, and that
 * it no longer is, and only once it has stayed so for a while. A page that is gone, and one's own lost connection, are
 * told by the room's headline and banner already.
 */

import { find, write } from './elements.js';

/** @import { PageState, VisitorPage } from '../conversation/mentor.js' */
/** @import { Words } from './words.js' */

/** Who looks something up and comes back at once is nothing to interrupt a reader for. */
const SETTLED_MS = 10_000;

export class PeerView {
  #words;
  #text;
  #said;
  /** @type {PageState} what was read aloud last */
  #told = 'open';

  /** @param {{root: HTMLElement, words: Words}} parts */
  constructor({ root, words }) {
    this.#words = words;
    this.#text = find(root, '[data-peer]', HTMLElement);
    this.#said = find(root, '[data-peer-said]', HTMLElement);
  }

  /** @param {VisitorPage} page @param {number} now_ms */
  show({ state, since_ms }, now_ms) {
    const passed_ms = Math.max(0, now_ms - since_ms);
    this.#text.className = `peer peer--${state}`;
    write(this.#text, this.#counted(state, Math.floor(passed_ms / 60_000)));
    if (state === this.#told) return;
    write(this.#said, '');
    if ((state !== 'open' && state !== 'behind') || passed_ms < SETTLED_MS) return;
    this.#told = state;
    write(this.#said, this.#words.say(`page_${state}`));
  }

  clear() {
    this.#told = 'open';
    write(this.#text, '');
    write(this.#said, '');
  }

  /** @param {PageState} state @param {number} minutes */
  #counted(state, minutes) {
    const words = this.#words.say(`page_${state}`);
    if (state === 'open' || state === 'unknown') return words;
    return this.#words.say(minutes === 0 ? 'since_now' : 'since', { state: words, minutes });
  }
}
