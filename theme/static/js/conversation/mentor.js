/**
 * The mentor's side of one conversation: be let in, read what was written before, talk, end.
 *
 * Knows the envelopes that wait for their root. Nothing is stored: after a reload the page offers again for the same
 * epoch and is granted what it had. Duty and queue are desk.js's. Next: offering.js, seat.js.
 */

import { mentorSender, VISITOR } from '../crypto/identity.js';
import { MessageKeys } from '../crypto/messages.js';
import { Offering } from './offering.js';
import { Presence } from './presence.js';
import { Proposal } from './proposal.js';
import { Seat } from './seat.js';

/** @import { Certificate } from '../crypto/certificate.js' */
/** @import { MentorIdentity } from '../crypto/identity.js' */
/** @import { Colleague, EnvelopeFrame, PeerFrame, Phase, PhaseFrame, TakenFrame } from '../transport/frames.js' */
/** @import { Timers } from '../transport/socket.js' */
/** @import { Proposed } from './proposal.js' */
/** @import { About } from './voice.js' */
/** @import { Card, Line, NoticeKind } from './transcript.js' */

/** @typedef {'letting_in' | 'talking' | 'away'} MentorStage letting_in: the visitor's page has not granted yet */
/** @typedef {'open' | 'behind' | 'gone' | 'unknown'} PageState behind: another page is in front of it */
/** @typedef {{state: PageState, since_ms: number}} VisitorPage what is known of the visitor's page, and since when so */
/**
 * @typedef {object} MentorConversationView
 * @property {MentorStage} stage
 * @property {VisitorPage} page
 * @property {boolean} typing the visitor is writing
 * @property {About | null} about what the visitor told about herself
 * @property {readonly Line[]} lines
 * @property {number} since_ms since when it was first taken
 * @property {Proposed | null} handover to whom she would hand over, and how it stands
 */
/**
 * @typedef {object} MentorConversationParts
 * @property {string} conversation
 * @property {MentorIdentity} identity
 * @property {Certificate} certificate
 * @property {boolean} fresh the server has nothing of ours yet
 * @property {(frame: object) => boolean} send
 * @property {Timers} timers
 * @property {() => number} now_ms
 * @property {() => void} changed
 */

export class MentorConversation {
  #parts;
  #keys;
  #seat;
  #sender;
  #offering;
  /** @type {EnvelopeFrame[]} messages that came before their root */
  #held = [];
  #epoch = 0;
  #since_ms = 0;
  #presence;
  /** Whether this connection has told anything of the visitor's page. */
  #hasHeard = false;
  /** @type {Phase | null} */
  #phase = null;
  #proposal = new Proposal();

  /** @param {MentorConversationParts} parts */
  constructor(parts) {
    this.#parts = parts;
    this.#sender = mentorSender(parts.identity.keyId);
    this.#keys = new MessageKeys({ conversation: parts.conversation });
    this.#seat = new Seat({
      conversation: parts.conversation,
      sender: this.#sender,
      peer: VISITOR,
      keys: this.#keys,
      fresh: parts.fresh,
      send: parts.send,
      timers: parts.timers,
      now_ms: parts.now_ms,
      changed: parts.changed,
      // What was said under another mentor's root is between her and the visitor.
      heard: (content, isOwn, epoch) => {
        if (epoch === this.#epoch) this.#tell(this.#proposal.heard(content, isOwn));
      },
    });
    this.#seat.reports = false;
    this.#offering = new Offering({ ...parts, seat: this.#seat, keys: this.#keys });
    this.#presence = new Presence(parts);
  }

  get id() {
    return this.#parts.conversation;
  }

  /** @returns {MentorConversationView} */
  get view() {
    return {
      stage: this.#keys.has(this.#epoch) ? (this.#phase === 'away' ? 'away' : 'talking') : 'letting_in',
      page: this.#page,
      typing: this.#presence.peer.typing,
      about: this.#seat.about,
      lines: this.#seat.transcript.lines,
      since_ms: this.#since_ms,
      handover: this.#proposal.view,
    };
  }

  /** Whether the visitor could write to us, and the end of what she wrote never came. */
  get isCut() {
    return this.#keys.has(this.#epoch) && !this.#seat.isWhole;
  }

  get joinPoint() {
    return this.#seat.joinPoint;
  }

  /**
   * The server says that this seat is ours.
   *
   * @param {TakenFrame} frame
   * @param {string} incarnation
   */
  async taken({ epoch, have, since_s }, incarnation) {
    this.#since_ms = this.#parts.now_ms() - since_s * 1000;
    const anew = epoch > this.#epoch && this.#epoch > 0;
    this.#epoch = epoch;
    this.#seat.epoch = epoch;
    // An envelope of an epoch that is over is refused for ever: its text goes out again under the new one.
    const again = anew ? this.#seat.voice.sealAnew(have) : null;
    this.#seat.joined(incarnation, have);
    this.#presence.joined();
    await again;
    this.#offering.offer(epoch);
  }

  /** @param {EnvelopeFrame} frame */
  async arrived(frame) {
    const taken = this.#seat.take(frame);
    if (taken === 'known') {
      this.#parts.changed();
      return;
    }
    if (taken === 'fresh' && frame.kind === 'message') this.#presence.rests();
    if (frame.kind === 'message') {
      if (this.#keys.has(frame.epoch)) await this.#seat.show(frame, null);
      else this.#held.push(frame);
    } else if (frame.kind === 'grant' && frame.sender === VISITOR) {
      await this.#granted(frame);
    }
    this.#parts.changed();
  }

  /** @param {PhaseFrame} frame */
  phase(frame) {
    this.#phase = frame.phase;
    this.#tell(this.#proposal.phase(frame));
  }

  /** Ask the visitor whether a colleague may take over. @param {Colleague} colleague */
  propose(colleague) {
    if (!this.#keys.has(this.#epoch)) return;
    this.#proposal.name(colleague);
    this.#seat.voice.propose(colleague);
  }

  /** @param {PeerFrame} frame */
  peer(frame) {
    this.#hasHeard = true;
    this.#presence.heard(frame);
  }

  /** @param {string} text */
  say(text) {
    this.#presence.stopped();
    this.#seat.voice.say(text);
  }

  /** Something is being typed, or no longer. @param {boolean} isTyping */
  typing(isTyping) {
    if (isTyping) this.#presence.typing();
    else this.#presence.stopped();
  }

  /** @param {Card} card */
  refer(card) {
    this.#seat.voice.refer(card);
  }

  retry() {
    this.#seat.voice.retry();
  }

  /** @param {string} ticket */
  keepTicket(ticket) {
    this.#seat.keepTicket(ticket);
  }

  /** @param {number} sequence */
  posted(sequence) {
    this.#seat.posted(sequence);
  }

  /** @param {number} through */
  delivered(through) {
    this.#seat.delivered(through);
    this.#offering.heard(through);
  }

  /** @param {string} code @param {Record<string, unknown>} detail */
  refused(code, detail) {
    this.#seat.refused(code, detail);
  }

  lost() {
    this.#hasHeard = false;
    this.#presence.rests();
    this.#seat.lost();
  }

  /** Say how much there should have been, before `end`. */
  async close() {
    if (this.#keys.has(this.#epoch)) await this.#seat.close();
  }

  forget() {
    this.#offering.forget();
    this.#held = [];
    this.#presence.forget();
    this.#seat.forget();
  }

  /** @param {{notice: NoticeKind, alias: string} | null} news */
  #tell(news) {
    if (news !== null) this.#seat.transcript.addNotice(news.notice, news.alias);
  }

  /** @returns {VisitorPage} */
  get #page() {
    const { present, visible, since_ms } = this.#presence.peer;
    if (!this.#hasHeard) return { state: 'unknown', since_ms };
    return { state: present ? (visible ? 'open' : 'behind') : 'gone', since_ms };
  }

  /** @param {EnvelopeFrame} frame */
  async #granted(frame) {
    if (!(await this.#offering.granted(frame))) return;
    this.#seat.reports = true;
    this.#seat.report();
    await this.#showHeld();
  }

  async #showHeld() {
    const held = this.#held;
    this.#held = [];
    for (const frame of held) {
      // Without the root of its epoch an earlier line is not ours to read: the visitor said "from now on".
      if (this.#keys.has(frame.epoch)) await this.#seat.show(frame, null);
    }
  }
}
