/**
 * The mentor's offers of one conversation, and what they open: protocol steps 3 and 4 from her side.
 *
 * Knows the secret of each offer that this page has made, which never leaves it. Granting is the visitor's, in
 * granting.js. No DOM, no network.
 */

import { SealingError } from '../crypto/errors.js';
import { openGrant } from '../crypto/grant.js';
import { makeOffer } from '../crypto/offer.js';

/** @import { Certificate } from '../crypto/certificate.js' */
/** @import { MentorIdentity } from '../crypto/identity.js' */
/** @import { MessageKeys } from '../crypto/messages.js' */
/** @import { Offer } from '../crypto/offer.js' */
/** @import { EnvelopeFrame } from '../transport/frames.js' */
/** @import { Seat } from './seat.js' */

/** A visitor's page that claims to have heard more than this is not believed. */
const MOST_REPEATED = 5_000;

/** @typedef {{epoch: number, secret: CryptoKeyPair, offer: Offer}} Offered */
/**
 * @typedef {object} OfferingParts
 * @property {string} conversation
 * @property {MentorIdentity} identity
 * @property {Certificate} certificate
 * @property {Seat} seat
 * @property {MessageKeys} keys
 */

export class Offering {
  #parts;
  /** @type {Offered[]} */
  #offers = [];
  #epoch = 0;
  /** How many envelopes of ours the visitor's page has, in whatever life of this page and of the service. */
  #heard = 0;
  #repeated = 0;

  /** @param {OfferingParts} parts */
  constructor(parts) {
    this.#parts = parts;
  }

  /** Offer for an epoch, unless its root is here or it is offered for already. @param {number} epoch */
  offer(epoch) {
    const { conversation, identity, certificate, seat, keys } = this.#parts;
    this.#epoch = epoch;
    if (keys.has(epoch) || this.#offers.some((offered) => offered.epoch === epoch)) return;
    const offered = seat.post('offer', async () => {
      const { secret, offer } = await makeOffer({ identity, certificate, conversation, epoch });
      this.#offers.push({ epoch, secret, offer });
      return { epoch, body: JSON.stringify(offer) };
    });
    void offered.then(() => this.#catchUp());
  }

  /** The visitor's page has our envelopes below `through`. @param {number} through */
  heard(through) {
    this.#heard = Math.max(this.#heard, through);
    this.#catchUp();
  }

  /**
   * Take in the roots of a grant, if it answers an offer of this page.
   *
   * @param {EnvelopeFrame} frame
   * @returns {Promise<boolean>} whether anything can be read now that could not be before
   */
  async granted(frame) {
    const { keys } = this.#parts;
    for (const { epoch, secret, offer } of this.#offers) {
      if (epoch !== frame.epoch || keys.has(epoch)) continue;
      const roots = await this.#open(frame, secret, offer);
      if (roots === null) continue;
      for (const [each, root] of Object.entries(roots)) keys.addRoot(Number(each), root);
      return true;
    }
    return false;
  }

  forget() {
    this.#offers = [];
  }

  /**
   * Repeat the offer until its number is one that the visitor's page waits for. Needed when this page was reloaded
   * while the service forgot too: nobody but the visitor's page then knows how far our numbers had come.
   */
  #catchUp() {
    const { seat, keys } = this.#parts;
    const epoch = this.#epoch;
    const offered = this.#offers.find((each) => each.epoch === epoch);
    if (offered === undefined || keys.has(epoch) || this.#heard > MOST_REPEATED) return;
    const body = JSON.stringify(offered.offer);
    for (let made = Math.max(seat.count, this.#repeated); made <= this.#heard; made += 1) {
      this.#repeated = made + 1;
      void seat.post('offer', async () => ({ epoch, body }));
    }
  }

  /**
   * @param {EnvelopeFrame} frame
   * @param {CryptoKeyPair} secret
   * @param {Offer} offer
   * @returns {Promise<Record<string, string> | null>} null when the grant is for another offer, such as one from
   *   before a reload
   */
  async #open(frame, secret, offer) {
    const { conversation } = this.#parts;
    try {
      const grant = JSON.parse(frame.body);
      return (await openGrant({ secret, conversation, epoch: frame.epoch, offer, grant })).roots;
    } catch (error) {
      if (error instanceof SealingError || error instanceof SyntaxError) return null;
      throw error;
    }
  }
}
