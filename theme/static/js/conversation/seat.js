/**
 * What both seats of a conversation do alike: seal and keep, take in and open, tell the server how far they have come.
 *
 * Knows the numbering, the outbox, the transcript and the place in the server's log. Does not know phases, offers or
 * grants: visitor.js and mentor.js do. No DOM, no network: frames go out through `send`.
 */

import { SealingError } from '../crypto/errors.js';
import { VISITOR } from '../crypto/identity.js';
import { Order } from './order.js';
import { Outbox } from './outbox.js';
import { Transcript } from './transcript.js';
import { Voice } from './voice.js';

/** @import { Content, MessageKeys } from '../crypto/messages.js' */
/** @import { EnvelopeFrame } from '../transport/frames.js' */
/** @import { Timers } from '../transport/socket.js' */
/** @import { About, Saying } from './voice.js' */

/** Several envelopes that come together are reported together. */
const REPORT_DELAY_MS = 40;
/** After a reload the server tells the whole log at once; what comes in this time has no time of its own. */
const REPLAY_MS = 1_500;
/** How long the closing message may take before the conversation ends without it. */
const CLOSING_LIMIT_MS = 1_500;

/**
 * @typedef {object} SeatParts
 * @property {string} conversation
 * @property {string} sender
 * @property {string | null} peer the sender whose messages this seat reads now
 * @property {MessageKeys} keys
 * @property {boolean} fresh this page made the seat; otherwise it comes back to one
 * @property {(frame: object) => boolean} send
 * @property {Timers} timers
 * @property {() => number} now_ms
 * @property {() => void} changed
 * @property {(content: Content, isOwn: boolean, epoch: number) => void} [heard] what is said about the conversation itself
 */

export class Seat {
  transcript = new Transcript();
  order = new Order();
  /** Whether the other side said goodbye, and everything before that was here. */
  isWhole = false;
  /** The epoch that is sealed under now. */
  epoch = 0;
  /** @type {string | null} */
  peer;
  /** Whether what came in counts as arrived; not before it can be read. */
  reports = true;
  /** What the visitor told about herself. @type {About | null} */
  about = null;
  #parts;
  #outbox;
  #position = 0;
  /** What the server has told in this life of its log: nothing may come twice in it. */
  #told = new Order();
  /** Of each sender, the envelope before which something was missing last. @type {Map<string, number>} */
  #gaps = new Map();
  /** @type {string | null} */
  #incarnation = null;
  /** @type {string | null} */
  #ticket = null;
  /** @type {unknown} */
  #reportTimer = null;
  #replayUntil_ms = 0;

  /** @param {SeatParts} parts */
  constructor(parts) {
    this.#parts = parts;
    this.peer = parts.peer;
    this.#outbox = new Outbox(
      {
        post: (frame) => parts.send(frame),
        timers: parts.timers,
        changed: () => this.#marked(),
      },
      { fresh: parts.fresh },
    );
    this.voice = new Voice({
      transcript: this.transcript,
      outbox: this.#outbox,
      seal: (sequence, saying) => this.#sealed(sequence, saying),
      now_ms: parts.now_ms,
      changed: parts.changed,
    });
  }

  /** Where this seat is in the server's log, as `join` tells it. */
  get joinPoint() {
    return { ticket: this.#ticket, incarnation: this.#incarnation, after: this.#position };
  }

  /** How many envelopes this seat has made. */
  get count() {
    return this.#outbox.count;
  }

  /** @param {string} ticket */
  keepTicket(ticket) {
    this.#ticket = ticket;
  }

  /**
   * The server has let this seat in.
   *
   * @param {string} incarnation the server's life; another one starts its log anew
   * @param {number} have how many of our envelopes it has
   */
  joined(incarnation, have) {
    if (incarnation !== this.#incarnation) {
      this.#position = 0;
      this.#told.clear();
    }
    this.#incarnation = incarnation;
    if (!this.#parts.fresh) this.#replayUntil_ms = this.#parts.now_ms() + REPLAY_MS;
    this.#outbox.resume(have);
    this.report();
  }

  lost() {
    this.#outbox.lost();
  }

  /**
   * Count an envelope from the log.
   *
   * @param {EnvelopeFrame} frame
   * @returns {'fresh' | 'own' | 'known'} fresh: new from somebody else; own: our own, read back after a reload
   */
  take(frame) {
    if (frame.position <= this.#position) {
      this.transcript.addNotice('repeated');
      return 'known';
    }
    this.#position = frame.position;
    if (frame.sender === this.#parts.sender) {
      const adopted = this.#outbox.adopt(frame);
      if (adopted === 'altered') this.transcript.addNotice('altered');
      return adopted === 'adopted' ? 'own' : 'known';
    }
    this.isWhole = false;
    const verdict = this.order.take(frame.sender, frame.sequence);
    if (this.#told.take(frame.sender, frame.sequence) === 'again') this.transcript.addNotice('repeated');
    if (verdict === 'gap') {
      this.#gaps.set(frame.sender, frame.sequence);
      this.transcript.addNotice('gap');
    }
    if (frame.sender === this.peer) this.report();
    return verdict === 'again' ? 'known' : 'fresh';
  }

  /**
   * Open a message and put it in the transcript; what does not open is said, never shown.
   *
   * @param {EnvelopeFrame} frame
   * @param {string | null} name who says it, when it is a mentor
   * @returns {Promise<void>}
   */
  async show(frame, name) {
    const { epoch, sender, sequence, body } = frame;
    let content;
    try {
      content = await this.#parts.keys.open({ epoch, sender, sequence, body });
    } catch (error) {
      if (!(error instanceof SealingError)) throw error;
      this.transcript.addNotice('unreadable');
      return;
    }
    const isOwn = sender === this.#parts.sender;
    const isFormer = !isOwn && this.#parts.sender !== VISITOR && sender !== VISITOR;
    if (!isOwn && !isFormer) this.#outbox.delivered(content.seen);
    if (content.type === 'text' || content.type === 'card') {
      const said =
        content.type === 'text'
          ? { text: content.text }
          : { card: { title: content.title, text: content.text, link: content.link } };
      const from = { sender, sequence };
      if (isOwn) this.transcript.addOwn(said, null, sequence);
      else if (isFormer) this.transcript.addFormer(said, from);
      else this.transcript.addOther(said, { ...from, name, at_ms: this.#arrivedAt() });
    } else if (content.type === 'retract') {
      const line = this.transcript.said(isOwn ? null : sender, content.sequence);
      if (line !== undefined) this.transcript.takeBack(line);
    } else if (content.type === 'about') {
      this.about = { alias: content.alias, when: content.when, where: content.where };
    } else if (content.type === 'end') {
      const isAll = content.counts[sender] === sequence + 1 && this.#gaps.get(sender) !== sequence;
      if (!isOwn && !isFormer) this.isWhole = isAll;
    } else if (!isFormer) {
      this.#parts.heard?.(content, isOwn, epoch);
    }
    this.#marked();
  }

  /** @param {'offer' | 'grant'} kind @param {() => Promise<{epoch: number, body: string}>} make */
  post(kind, make) {
    return this.#outbox.add(kind, make);
  }

  /**
   * Post the closing message, which tells the other side how much there should have been.
   *
   * @returns {Promise<void>} when the server has it, or when there is no more time to wait
   */
  async close() {
    const sequence = await this.#outbox.add('message', (own) => {
      const counts = { [this.#parts.sender]: own + 1 };
      if (this.peer !== null) counts[this.peer] = this.#seen();
      return this.#sealed(own, { type: 'end', counts });
    });
    const waits = 10;
    for (let i = 0; i < waits && this.#outbox.mark(sequence) === 'sending'; i += 1) {
      await new Promise((resolve) => {
        this.#parts.timers.set(() => resolve(undefined), CLOSING_LIMIT_MS / waits);
      });
    }
  }

  /** @param {number} sequence */
  posted(sequence) {
    this.#outbox.posted(sequence);
  }

  /** @param {number} through */
  delivered(through) {
    this.#outbox.delivered(through);
  }

  /** @param {string} code @param {Record<string, unknown>} detail */
  refused(code, detail) {
    this.#outbox.refused(code, detail);
    if (code === 'too_fast') this.report();
  }

  /** Tell the server, soon, how much of the other side is here. */
  report() {
    if (!this.reports || this.#reportTimer !== null) return;
    this.#reportTimer = this.#parts.timers.set(() => {
      this.#reportTimer = null;
      if (this.peer === null || this.#seen() === 0) return;
      this.#parts.send({ type: 'received', sender: this.peer, through: this.#seen() });
    }, REPORT_DELAY_MS);
  }

  /** Forget every text, key and envelope. */
  forget() {
    this.#parts.timers.clear(this.#reportTimer);
    this.reports = false;
    this.#ticket = null;
    this.voice.clear();
    this.about = null;
    this.transcript.clear();
    this.order.clear();
    this.#told.clear();
    this.#gaps.clear();
    this.#outbox.clear();
    this.#parts.keys.forget();
  }

  #seen() {
    return this.peer === null ? 0 : this.order.accepted(this.peer);
  }

  #arrivedAt() {
    const now_ms = this.#parts.now_ms();
    return now_ms < this.#replayUntil_ms ? null : now_ms;
  }

  #marked() {
    this.transcript.mark((sequence) => this.#outbox.mark(sequence));
    this.#parts.changed();
  }

  /** @param {number} sequence @param {Saying} saying */
  async #sealed(sequence, saying) {
    const epoch = this.epoch;
    const content = /** @type {Content} */ ({ ...saying, seen: this.#seen() });
    const body = await this.#parts.keys.seal({ epoch, sender: this.#parts.sender, sequence, content });
    return { epoch, body };
  }
}
