/**
 * The visitor's side of a handover: who would take over, what the visitor answered, and whether it comes about.
 *
 * Knows the colleague whom the present mentor named inside the conversation, and the answer given to that name. Only an
 * offer by that very key under that very name is granted on the strength of it. Granting itself is granting.js's.
 */

import { mentorSender } from '../crypto/identity.js';

/** @import { PhaseFrame } from '../transport/frames.js' */
/** @import { Considered, Sharing } from './granting.js' */

/** @typedef {{key: string, alias: string}} Colleague */
/** @typedef {Sharing | 'no'} Answer */

export class Handover {
  /** @type {Colleague | null} named and not answered yet */
  #proposed = null;
  /** @type {(Colleague & {sharing: Sharing, isAsked: boolean}) | null} isAsked: the server has asked her */
  #agreed = null;

  /** @returns {Colleague | null} whom the visitor is asked about now */
  get proposed() {
    return this.#proposed;
  }

  /** @returns {Colleague | null} who is asked to come */
  get agreed() {
    return this.#agreed;
  }

  /** The present mentor names a colleague; a later name takes the place of an earlier one. @param {Colleague} colleague */
  propose({ key, alias }) {
    this.#proposed = { key, alias };
    this.#agreed = null;
  }

  /** The visitor answers, now or before a reload. @param {Answer} answer */
  answer(answer) {
    if (this.#proposed !== null && answer !== 'no')
      this.#agreed = { ...this.#proposed, sharing: answer, isAsked: false };
    this.#proposed = null;
  }

  /** @param {PhaseFrame} phase @returns {Colleague | null} who was asked and does not come */
  heard({ next, mentor }) {
    const agreed = this.#agreed;
    if (agreed === null) return null;
    if (next === agreed.key) agreed.isAsked = true;
    if (!agreed.isAsked || next !== null || mentor === agreed.key) return null;
    this.#agreed = null;
    return agreed;
  }

  /** The server could not ask her. @returns {Colleague | null} */
  failed() {
    const agreed = this.#agreed;
    this.#agreed = null;
    return agreed;
  }

  /** The service may have forgotten whom it asked: it is told again. */
  lost() {
    if (this.#agreed !== null) this.#agreed.isAsked = false;
  }

  /**
   * Say what an offer may read, when it is the one that was agreed to.
   *
   * @param {Considered} considered
   * @returns {Sharing | null}
   */
  sharing({ sender, alias }) {
    const agreed = this.#agreed;
    if (agreed === null || mentorSender(agreed.key) !== sender || agreed.alias !== alias) return null;
    return agreed.sharing;
  }

  /** The mentor has changed, or nobody is asked any more. */
  over() {
    this.#proposed = null;
    this.#agreed = null;
  }
}
