/**
 * What holds in the chat now, on the coordinator's page: counts from her socket, and whether the chat is open.
 *
 * Knows the parts [data-count] and [data-opening] of coordinator.html, which are right as they were served. The words
 * about the opening are the service's own, heard from site/status_link.js.
 */

import { OPENING_HEARD } from '../site/status_link.js';
import { write } from './elements.js';

/** @import { Counts } from '../transport/line_frames.js' */
/** @import { Words } from './words.js' */

export class Overview {
  #document;
  #words;
  /** @type {string | undefined} */
  #reason;

  /** @param {{document: Document, words: Words}} parts */
  constructor({ document, words }) {
    this.#document = document;
    this.#words = words;
    this.#reason = document.querySelector('[data-opening]')?.getAttribute('data-reason') ?? undefined;
    document.addEventListener(OPENING_HEARD, (event) => {
      if (!(event instanceof CustomEvent)) return;
      const { open, reason, headline, detail } = event.detail;
      if (reason === this.#reason) return;
      this.#reason = reason;
      const closed = detail === '' ? `${headline}.` : `${headline}. ${detail.replace(/\.?$/, '.')}`;
      this.#write('[data-opening]', open ? words.say('overview_open') : closed);
    });
  }

  /** @param {Counts | null} counts */
  show(counts) {
    if (counts === null) return;
    const minutes = Math.floor(counts.longest_wait_s / 60);
    const wait =
      counts.waiting === 0
        ? this.#words.say('wait_none')
        : minutes === 0
          ? this.#words.say('wait_short')
          : this.#words.say('wait_minutes', { count: minutes });
    this.#write('[data-count="waiting"]', String(counts.waiting));
    this.#write('[data-count="longest_wait"]', wait);
    this.#write('[data-count="talking"]', String(counts.talking));
    this.#write('[data-count="on_duty"]', String(counts.on_duty));
    this.#write(
      '[data-count="paused"]',
      counts.paused === 0 ? '' : this.#words.say('paused', { count: counts.paused }),
    );
  }

  /** @param {string} selector @param {string} text */
  #write(selector, text) {
    const element = this.#document.querySelector(selector);
    if (element !== null) write(element, text);
  }
}
