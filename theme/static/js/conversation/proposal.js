/**
 * The mentor's side of a handover: whom she named to the visitor, what the answer was, and whether it comes about.
 *
 * The visitor's side is handover.js; the colleague's is desk.js's. No DOM, no network.
 */

/** @import { Content } from '../crypto/messages.js' */
/** @import { Colleague, PhaseFrame } from '../transport/frames.js' */
/** @import { NoticeKind } from './transcript.js' */

/** @typedef {'all' | 'new' | 'no'} Answer */
/** @typedef {{alias: string, answer: Answer | null, isAsked: boolean}} Proposed isAsked: the colleague is asked now */

export class Proposal {
  /** @type {(Colleague & {answer: Answer | null}) | null} */
  #named = null;
  /** @type {string | null} the key of who is asked, as the server says */
  #next = null;

  /** @returns {Proposed | null} */
  get view() {
    const named = this.#named;
    return named && { alias: named.alias, answer: named.answer, isAsked: this.#next === named.key };
  }

  /** @param {Colleague} colleague */
  name({ key, alias }) {
    this.#named = { key, alias, answer: null };
  }

  /**
   * What is said of it inside the conversation: the visitor's answer, and after a reload our own words again.
   *
   * @param {Content} content @param {boolean} isOwn
   * @returns {{notice: NoticeKind, alias: string} | null} what to tell
   */
  heard(content, isOwn) {
    if (content.type === 'handover' && isOwn) this.name(content);
    const named = this.#named;
    if (content.type !== 'answer' || isOwn || named === null) return null;
    this.#named = content.answer === 'no' ? null : { ...named, answer: content.answer };
    return content.answer === 'no' ? { notice: 'handover_refused', alias: named.alias } : null;
  }

  /** @param {PhaseFrame} phase @returns {{notice: NoticeKind, alias: string} | null} what to tell */
  phase({ next }) {
    const named = this.#named;
    const wasAsked = named !== null && this.#next === named.key;
    this.#next = next;
    if (!wasAsked || next !== null) return null;
    this.#named = null;
    return { notice: 'not_taken_over', alias: named.alias };
  }
}
