/**
 * The queue as the mentor sees it: how many, and how long each has waited, oldest first. Words and colour both tell
 * when somebody has waited five minutes, and fifteen.
 */

import { find, write } from './elements.js';

/** @import { Queue } from '../conversation/desk.js' */
/** @import { Words } from './words.js' */

const WHILE_MIN = 5;
const LONG_MIN = 15;

export class QueueView {
  #words;
  #count;
  #list;

  /** @param {{root: HTMLElement, words: Words}} parts */
  constructor({ root, words }) {
    this.#words = words;
    this.#count = find(root, '[data-queue-count]', HTMLElement);
    this.#list = find(root, '[data-queue]', HTMLElement);
  }

  /** @param {Queue} queue @param {number} now_ms */
  show({ waiting_s, count, at_ms }, now_ms) {
    write(this.#count, this.#countWords(count));
    const passed_s = Math.max(0, now_ms - at_ms) / 1000;
    const rows = waiting_s.map((waited_s) => this.#row((waited_s + passed_s) / 60));
    if (count > waiting_s.length) {
      rows.push({ words: this.#words.say('queue_more', { count: count - waiting_s.length }), level: 'more' });
    }
    while (this.#list.children.length > rows.length) this.#list.lastElementChild?.remove();
    for (const [i, row] of rows.entries()) {
      const item = this.#list.children[i] ?? this.#list.appendChild(document.createElement('li'));
      item.className = `queue__item queue__item--${row.level}`;
      write(item, row.words);
    }
  }

  /** @param {number} count */
  #countWords(count) {
    if (count === 0) return this.#words.say('queue_none');
    return count === 1 ? this.#words.say('queue_one') : this.#words.say('queue_many', { count });
  }

  /** @param {number} waited_min */
  #row(waited_min) {
    const minutes = Math.floor(waited_min);
    if (minutes >= LONG_MIN) return { words: this.#words.say('waited_long', { minutes }), level: 'long' };
    if (minutes >= WHILE_MIN) return { words: this.#words.say('waited_while', { minutes }), level: 'while' };
    if (minutes === 0) return { words: this.#words.say('waited_now'), level: 'new' };
    return { words: this.#words.say(minutes === 1 ? 'waited_one' : 'waited', { minutes }), level: 'new' };
  }
}
