/**
 * Quiet lines for the mentor alone: many hours in a row on duty, and a conversation that nears two hours.
 *
 * They ask for nothing and stop nothing. The server says since when, so that a reload does not begin anew.
 */

import { find, write } from './elements.js';

/** @import { DeskView } from '../conversation/desk.js' */
/** @import { Words } from './words.js' */

const MIN_MS = 60_000;
const REST_MIN = 120;
const LONG_MIN = 90;
const TWO_HOURS_MIN = 115;

export class Reminders {
  #words;
  #rest;
  #length;

  /** @param {{root: HTMLElement, words: Words}} parts */
  constructor({ root, words }) {
    this.#words = words;
    this.#rest = find(root, '[data-rest]', HTMLElement);
    this.#length = find(root, '[data-length]', HTMLElement);
  }

  /** @param {DeskView} view @param {number} now_ms */
  show({ dutySince_ms, conversation }, now_ms) {
    const onDuty_min = dutySince_ms === null ? 0 : (now_ms - dutySince_ms) / MIN_MS;
    const hours = Math.floor(onDuty_min / 60);
    write(this.#rest, onDuty_min < REST_MIN ? '' : this.#words.say('rest', { hours }));
    const talked_min = conversation === null ? 0 : (now_ms - conversation.since_ms) / MIN_MS;
    const word = talked_min >= TWO_HOURS_MIN ? 'length_two' : 'length_long';
    write(this.#length, talked_min < LONG_MIN ? '' : this.#words.say(word));
  }
}
