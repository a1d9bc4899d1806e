/**
 * Which mentor may read: the visitor's side of offers and grants (protocol steps 3, 4 and 10).
 *
 * Knows the pinned keys, the epochs opened so far and who sits in each. The rule: the first mentor with a good
 * certificate is let in at once; the same mentor's reloaded page is let in again to exactly what she had; every later
 * mentor only after the visitor has answered. No DOM, no network.
 */

import { SealingError } from '../crypto/errors.js';
import { mentorSender } from '../crypto/identity.js';
import { newRoot } from '../crypto/messages.js';
import { readOffer, verifyOffer } from '../crypto/offer.js';

/** @import { Offer } from '../crypto/offer.js' */
/** @import { EnvelopeFrame } from '../transport/frames.js' */

/** @typedef {{sender: string, alias: string, shares: number[]}} Mentor shares: the epochs whose roots she was given */
/** @typedef {'all' | 'new'} Sharing */
/**
 * @typedef {{verdict: 'grant' | 'again' | 'ask', epoch: number, offer: Offer, sender: string, alias: string}} Considered
 * @typedef {{verdict: 'decline', epoch: number, code: string} | {verdict: 'ignore'}} Refused
 */
/**
 * @typedef {object} GrantingState what a reload must know again
 * @property {number} epoch
 * @property {Record<string, string>} roots
 * @property {Record<string, Mentor>} mentors
 * @property {string[]} answered signatures of offers that have had their answer
 * @property {Record<string, number>} closed
 */

export class Granting {
  #pins;
  #denied;
  #conversation;
  #now_ms;
  /** @type {GrantingState} */
  #state;

  /**
   * @param {object} parts
   * @param {readonly string[]} parts.pins
   * @param {readonly string[]} parts.denied
   * @param {string} parts.conversation
   * @param {() => number} parts.now_ms
   * @param {GrantingState} [parts.state]
   */
  constructor({ pins, denied, conversation, now_ms, state }) {
    this.#pins = pins;
    this.#denied = denied;
    this.#conversation = conversation;
    this.#now_ms = now_ms;
    this.#state = state ?? { epoch: 0, roots: { 0: newRoot() }, mentors: {}, answered: [], closed: {} };
  }

  /** @returns {GrantingState} */
  get state() {
    return this.#state;
  }

  /** @returns {Mentor | null} who sits in the newest epoch */
  get mentor() {
    return this.#state.mentors[this.#state.epoch] ?? null;
  }

  /**
   * Judge an offer.
   *
   * @param {EnvelopeFrame} frame
   * @returns {Promise<Considered | Refused>}
   */
  async consider(frame) {
    const { epoch, mentors } = this.#state;
    if (frame.epoch !== epoch + 1 && frame.epoch !== epoch) return { verdict: 'ignore' };
    let offer;
    let facts;
    try {
      offer = parseOffer(frame.body);
      if (this.#state.answered.includes(offer.signature)) return { verdict: 'ignore' };
      facts = await verifyOffer({
        pins: this.#pins,
        denied: this.#denied,
        offer,
        conversation: this.#conversation,
        epoch: frame.epoch,
        nowS: Math.floor(this.#now_ms() / 1000),
      });
      if (mentorSender(facts.keyId) !== frame.sender) throw new SealingError('other_sender');
    } catch (error) {
      if (!(error instanceof SealingError)) throw error;
      if (frame.epoch === epoch) return { verdict: 'ignore' };
      return { verdict: 'decline', epoch: frame.epoch, code: error.code };
    }
    const considered = { epoch: frame.epoch, offer, sender: frame.sender, alias: facts.alias };
    if (frame.epoch === epoch) {
      // Only the mentor who sits there already may come back without a question.
      return mentors[epoch]?.sender === frame.sender
        ? { verdict: 'again', ...considered }
        : { verdict: 'ignore' };
    }
    return { verdict: epoch === 0 ? 'grant' : 'ask', ...considered };
  }

  /**
   * Open the epoch of a considered offer and say which roots its mentor is given.
   *
   * @param {Considered} considered
   * @param {Sharing} sharing
   * @param {number} lastHeard how many envelopes of the former mentor counted; later ones never will
   * @returns {Record<string, string>} roots for the grant
   */
  open({ verdict, epoch, offer, sender, alias }, sharing, lastHeard) {
    const state = this.#state;
    if (verdict !== 'again') {
      if (state.mentors[state.epoch]) state.closed[state.epoch] = lastHeard;
      const before = sharing === 'all' ? Object.keys(state.roots).map(Number) : [];
      state.roots[epoch] = newRoot();
      state.mentors[epoch] = { sender, alias, shares: [...before, epoch] };
      state.epoch = epoch;
    }
    state.answered.push(offer.signature);
    const shares = state.mentors[epoch]?.shares ?? [];
    return Object.fromEntries(shares.map((each) => [each, /** @type {string} */ (state.roots[each])]));
  }

  /** Note that an offer has had its answer. @param {Offer} offer */
  answered(offer) {
    this.#state.answered.push(offer.signature);
  }

  /**
   * Say who wrote a message, or null when that sender may not speak there.
   *
   * @param {EnvelopeFrame} frame
   * @returns {Mentor | null}
   */
  speaker(frame) {
    const mentor = this.#state.mentors[frame.epoch];
    if (mentor === undefined || mentor.sender !== frame.sender) return null;
    const closed = this.#state.closed[frame.epoch];
    return closed !== undefined && frame.sequence >= closed ? null : mentor;
  }

  /**
   * Say which former mentor sent what she may not say any more, or null when it is a stranger.
   *
   * @param {EnvelopeFrame} frame
   * @returns {Mentor | null}
   */
  former(frame) {
    const mentor = this.#state.mentors[frame.epoch];
    return frame.epoch < this.#state.epoch && mentor?.sender === frame.sender ? mentor : null;
  }

  forget() {
    this.#state = { epoch: 0, roots: {}, mentors: {}, answered: [], closed: {} };
  }
}

/** @param {string} body @returns {Offer} */
function parseOffer(body) {
  let offer;
  try {
    offer = JSON.parse(body);
  } catch {
    throw new SealingError('malformed');
  }
  readOffer(offer);
  return offer;
}
