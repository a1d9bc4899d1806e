/**
 * What this side says: texts, referral cards, what a visitor tells about herself, and taking a line back.
 *
 * Each saying stands in the transcript at once, is sealed with the next number and posted when it can be. What was
 * said is kept until the end, so that it can be sealed once more under another epoch. No DOM, no network.
 */

import { SealingError } from '../crypto/errors.js';

/** @import { AboutContent, Content } from '../crypto/messages.js' */
/** @import { Outbox } from './outbox.js' */
/** @import { Card, Line, Transcript } from './transcript.js' */

/** @typedef {Omit<AboutContent, 'type' | 'seen'>} About */
/** @typedef {(Content extends infer C ? C extends Content ? Omit<C, 'seen'> : never : never)} Saying */
/**
 * @typedef {object} Said
 * @property {number | null} sequence
 * @property {() => Saying} saying
 * @property {Line | null} line where it stands in the transcript
 */
/**
 * @typedef {object} VoiceParts
 * @property {Transcript} transcript
 * @property {Outbox} outbox
 * @property {(sequence: number, saying: Saying) => Promise<{epoch: number, body: string}>} seal
 * @property {() => number} now_ms
 * @property {() => void} changed
 */

export class Voice {
  #parts;
  /** @type {Said[]} */
  #said = [];

  /** @param {VoiceParts} parts */
  constructor(parts) {
    this.#parts = parts;
  }

  /** Say something. @param {string} text */
  say(text) {
    const line = this.#parts.transcript.addOwn({ text }, this.#parts.now_ms(), null);
    // The text is read when it is sealed: what was taken back meanwhile does not go out after all.
    this.#send(() => ({ type: 'text', text: line.text }), line);
  }

  /** Refer to somebody else who helps. @param {Card} card */
  refer(card) {
    const line = this.#parts.transcript.addOwn({ card }, this.#parts.now_ms(), null);
    this.#send(() => ({ type: 'card', ...card }), line);
  }

  /** Tell the mentor what to call us, and what it is about. @param {About} about */
  tell(about) {
    this.#send(() => ({ type: 'about', ...about }), null);
  }

  /** Ask the visitor whether a colleague may take over. @param {{key: string, alias: string}} colleague */
  propose({ key, alias }) {
    this.#send(() => ({ type: 'handover', key, alias }), null);
  }

  /** Answer who may take over. @param {'all' | 'new' | 'no'} answer */
  answer(answer) {
    this.#send(() => ({ type: 'answer', answer }), null);
  }

  /** Take one of our own lines back: here at once, and there as soon as it is heard. @param {number} id of the line */
  takeBack(id) {
    const { transcript, changed } = this.#parts;
    const line = transcript.lines.find((each) => each.id === id);
    if (line?.who !== 'own' || line.card !== null || line.isTakenBack) return;
    if (line.sequence === null && line.mark === 'failed') {
      // It never got a number: nobody but us has seen it.
      transcript.remove(line);
      this.#said = this.#said.filter((said) => said.line !== line);
      changed();
      return;
    }
    transcript.takeBack(line);
    this.#send(() => ({ type: 'retract', sequence: line.sequence ?? 0 }), null);
  }

  /** Send again what was refused. */
  retry() {
    for (const said of this.#said) {
      if (said.line?.mark === 'failed' && said.sequence === null) void this.#seal(said);
    }
    this.#parts.outbox.retry();
  }

  /**
   * Seal anew what the server never got under an epoch that is over.
   *
   * @param {number} have how many of our envelopes the server has
   */
  async sealAnew(have) {
    const taken = this.#parts.outbox.takeBack(have);
    const again = this.#said.filter(({ sequence }) => sequence !== null && taken.includes(sequence));
    for (const said of again) await this.#seal(said);
  }

  clear() {
    this.#said = [];
  }

  /** @param {() => Saying} saying @param {Line | null} line */
  #send(saying, line) {
    const said = { sequence: null, saying, line };
    this.#said.push(said);
    void this.#seal(said);
    this.#parts.changed();
  }

  /** @param {Said} said */
  async #seal(said) {
    const { outbox, seal, changed } = this.#parts;
    const place = (/** @type {number | null} */ sequence) => {
      said.sequence = sequence;
      if (said.line !== null) said.line.sequence = sequence;
    };
    place(null);
    if (said.line !== null) said.line.mark = 'sending';
    try {
      await outbox.add('message', (sequence) => {
        place(sequence);
        return seal(sequence, said.saying());
      });
    } catch (error) {
      if (!(error instanceof SealingError)) throw error;
      place(null);
      if (said.line !== null) said.line.mark = 'failed';
      changed();
    }
  }
}
