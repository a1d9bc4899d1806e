/**
 * The mentor's desk: duty, queue, and the one conversation at a time.
 *
 * Knows what the server says about duty and queue, and hands the frames of a conversation to mentor.js. The page
 * reads `view`. No DOM, no network: frames go out through `send`.
 */

import { VERSION } from '../transport/frames.js';
import { MentorConversation } from './mentor.js';

/** @import { Certificate } from '../crypto/certificate.js' */
/** @import { MentorIdentity } from '../crypto/identity.js' */
/**
 * @import { AskedFrame, Colleague, DutyState, EndedFrame, ErrorFrame, ReceivedFrame, TakenFrame, WelcomeFrame }
 *   from '../transport/frames.js'
 */
/** @import { DutyFrame, ReadyFrame } from '../transport/frames.js' */
/** @import { ConnectionState, StopReason, Timers } from '../transport/socket.js' */
/** @import { MentorConversationView } from './mentor.js' */
/** @import { Card } from './transcript.js' */

/** Refusals that are told to the mentor in words. */
const TOLD = ['nobody_waiting', 'already_talking', 'not_on_duty', 'not_cleared', 'records_away'];

/** @typedef {{waiting_s: number[], count: number, at_ms: number}} Queue waiting_s as it was at at_ms, oldest first */
/** @typedef {{ticket: string | null, incarnation: string | null, after: number}} JoinPoint */
/** @typedef {EndedFrame['by'] | 'lost' | 'unasked'} ConversationEnd lost: the server has given the seat away;
 *   unasked: what she was about to take over stays where it is */
/**
 * @typedef {object} DeskView
 * @property {boolean} connected the server has let this page in
 * @property {boolean} isLost from a loss until then
 * @property {StopReason | null} stopped
 * @property {DutyState} duty
 * @property {string[]} missing
 * @property {Queue} queue
 * @property {boolean} taking
 * @property {string | null} told code of the newest refusal
 * @property {MentorConversationView | null} conversation
 * @property {number | null} dutySince_ms since when on duty without a pause
 * @property {ConversationEnd | null} ended how the last conversation ended, until the mentor goes on
 * @property {{label: string | null} | null} block set at its end; without a label it could not be
 * @property {Colleague[]} colleagues who could take over now
 * @property {{by: string} | null} asked a colleague wants to hand a conversation over; by her alias, if it is known
 * @property {boolean} isCut the end of what the visitor wrote in it never came
 */
/**
 * @typedef {object} DeskParts
 * @property {MentorIdentity} identity
 * @property {Certificate | null} certificate
 * @property {(frame: object) => boolean} send
 * @property {Timers} timers
 * @property {() => number} now_ms
 * @property {() => void} changed
 * @property {() => void} lost the connection is gone; whether the session is too is for the page to find out
 */

export class MentorDesk {
  #parts;
  #incarnation = '';
  #connected = false;
  #isLost = false;
  /** @type {StopReason | null} */
  #stopped = null;
  /** @type {DutyState} */
  #duty = 'off';
  /** @type {string[]} */
  #missing = [];
  /** @type {number | null} */
  #dutySince_ms = null;
  /** @type {Queue} */
  #queue = { waiting_s: [], count: 0, at_ms: 0 };
  #taking = false;
  /** @type {string | null} */
  #told = null;
  /** @type {MentorConversation | null} */
  #conversation = null;
  /** @type {{id: string, point: JoinPoint} | null} a conversation ended here while the server could not be told */
  #toEnd = null;
  /** @type {ConversationEnd | null} */
  #ended = null;
  /** @type {{label: string | null} | null} */
  #block = null;
  /** @type {Colleague[]} */
  #colleagues = [];
  /** @type {AskedFrame | null} */
  #asked = null;
  #isCut = false;

  /** @param {DeskParts} parts */
  constructor(parts) {
    this.#parts = parts;
  }

  /** @returns {DeskView} */
  get view() {
    return {
      connected: this.#connected,
      isLost: this.#isLost,
      stopped: this.#stopped,
      duty: this.#duty,
      missing: this.#missing,
      dutySince_ms: this.#dutySince_ms,
      queue: this.#queue,
      taking: this.#taking,
      told: this.#told,
      conversation: this.#conversation?.view ?? null,
      ended: this.#ended,
      block: this.#block,
      colleagues: this.#colleagues,
      asked: this.#asked && { by: this.#asked.by },
      isCut: this.#isCut,
    };
  }

  /** Make the `join` frame. @param {WelcomeFrame} welcome */
  async join(welcome) {
    this.#incarnation = welcome.incarnation;
    const { identity, certificate } = this.#parts;
    const point = this.#conversation?.joinPoint ??
      this.#toEnd?.point ?? { ticket: null, incarnation: null, after: 0 };
    return { type: 'join', version: VERSION, key: certificate === null ? null : identity.keyId, ...point };
  }

  /** @param {ReceivedFrame} frame */
  async receive(frame) {
    const conversation = this.#conversation;
    switch (frame.type) {
      case 'ready':
        this.#connected = true;
        this.#isLost = false;
        this.#taking = false;
        this.#onDuty(frame);
        if (conversation !== null && frame.conversation !== conversation.id) this.#over('lost');
        break;
      case 'duty':
        this.#onDuty(frame);
        this.#told = null;
        break;
      case 'queue':
        this.#queue = { waiting_s: frame.waiting, count: frame.count, at_ms: this.#parts.now_ms() };
        break;
      case 'taken':
        await this.#taken(frame);
        break;
      case 'colleagues':
        this.#colleagues = frame.colleagues;
        break;
      case 'asked':
        this.#asked = frame;
        break;
      case 'unasked':
        this.#asked = null;
        if (conversation?.id === frame.conversation) this.#over('unasked');
        break;
      case 'ended':
        this.#toEnd = null;
        this.#over(frame.by);
        break;
      case 'blocked':
        this.#block = { label: frame.label };
        break;
      case 'unblocked':
        if (this.#block?.label === frame.label) this.#block = null;
        break;
      case 'error':
        this.#refused(frame);
        break;
      case 'ticket':
        conversation?.keepTicket(frame.ticket);
        return;
      case 'phase':
        conversation?.phase(frame);
        break;
      case 'peer':
        conversation?.peer(frame);
        break;
      case 'posted':
        conversation?.posted(frame.sequence);
        return;
      case 'delivered':
        conversation?.delivered(frame.through);
        return;
      case 'envelope':
        await conversation?.arrived(frame);
        return;
      default:
        return;
    }
    this.#parts.changed();
  }

  /** @param {ConnectionState} state @param {StopReason | null} reason */
  connection(state, reason) {
    if (state === 'lost' || state === 'stopped') {
      this.#connected = false;
      this.#isLost = true;
      this.#taking = false;
      this.#asked = null;
      this.#conversation?.lost();
      this.#parts.lost();
    }
    if (state === 'stopped') {
      this.#stopped = reason;
      this.#conversation?.forget();
      this.#conversation = null;
    }
    this.#parts.changed();
  }

  /** @param {DutyState} state */
  setDuty(state) {
    this.#told = null;
    this.#parts.send({ type: 'duty', state });
    this.#parts.changed();
  }

  /** Go on after a conversation, with what was ticked about it. @param {string[]} ticks */
  rested(ticks) {
    if (ticks.length > 0) this.#parts.send({ type: 'outcome', ticks });
    this.#ended = null;
    this.#parts.changed();
  }

  /** Take whoever has waited longest. */
  take() {
    if (this.#taking || this.#conversation !== null || this.#asked !== null) return;
    this.#told = null;
    this.#ended = null;
    this.#block = null;
    this.#taking = this.#parts.send({ type: 'take' });
    this.#parts.changed();
  }

  /** Ask the visitor whether a colleague may take over. @param {Colleague} colleague */
  propose(colleague) {
    this.#conversation?.propose(colleague);
    this.#parts.changed();
  }

  /** Take over what a colleague hands over: the offer that goes out says yes. */
  async takeOver() {
    const asked = this.#asked;
    if (asked === null || this.#conversation !== null) return;
    this.#asked = null;
    const { conversation, epoch } = asked;
    await this.#taken({ type: 'taken', conversation, epoch, have: 0, since_s: 0 });
    this.#parts.changed();
  }

  /** Leave with the colleague what she wanted to hand over. */
  turnDown() {
    if (this.#parts.send({ type: 'turn_down' })) this.#asked = null;
    this.#parts.changed();
  }

  /** @param {string} text */
  say(text) {
    this.#conversation?.say(text);
  }

  /** Something is being typed, or no longer. @param {boolean} isTyping */
  typing(isTyping) {
    this.#conversation?.typing(isTyping);
  }

  /** Refer to somebody else who helps. @param {Card} card */
  refer(card) {
    this.#conversation?.refer(card);
  }

  retry() {
    this.#conversation?.retry();
  }

  /** End the conversation for both. What is on this page goes at once; the server is told as soon as it can be. */
  async end() {
    const conversation = this.#conversation;
    if (conversation === null) return;
    if (this.#connected) await conversation.close();
    if (!this.#parts.send({ type: 'end' }))
      this.#toEnd = { id: conversation.id, point: conversation.joinPoint };
    if (this.#conversation === conversation) this.#over('mentor');
    this.#parts.changed();
  }

  /** End the conversation for both and block the visitor's connection; only while the server hears it. */
  async block() {
    const conversation = this.#conversation;
    if (conversation === null || !this.#connected) return;
    await conversation.close();
    if (this.#conversation === conversation && this.#parts.send({ type: 'block' })) this.#over('mentor');
    this.#parts.changed();
  }

  /** Take the block back that was just set. */
  undoBlock() {
    const label = this.#block?.label;
    if (label) this.#parts.send({ type: 'unblock', label });
  }

  /** Clear every text and key, as when the page is left. */
  forget() {
    this.#conversation?.forget();
    this.#conversation = null;
    this.#parts.changed();
  }

  /** @param {DutyFrame | ReadyFrame} frame */
  #onDuty({ state, missing, since_s }) {
    this.#duty = state;
    this.#missing = missing;
    this.#dutySince_ms = state === 'on' ? this.#parts.now_ms() - since_s * 1000 : null;
  }

  /** @param {TakenFrame} frame */
  async #taken(frame) {
    const { identity, certificate, send, timers, now_ms, changed } = this.#parts;
    this.#taking = false;
    this.#told = null;
    if (frame.conversation === this.#toEnd?.id) {
      this.#parts.send({ type: 'end' });
      return;
    }
    if (certificate === null) return;
    if (this.#conversation?.id !== frame.conversation) {
      this.#conversation?.forget();
      this.#conversation = new MentorConversation({
        conversation: frame.conversation,
        identity,
        certificate,
        fresh: frame.have === 0,
        send,
        timers,
        now_ms,
        changed,
      });
    }
    this.#ended = null;
    await this.#conversation.taken(frame, this.#incarnation);
  }

  /** @param {ErrorFrame} frame */
  #refused(frame) {
    this.#taking = false;
    if (TOLD.includes(frame.code)) this.#told = frame.code;
    else this.#conversation?.refused(frame.code, frame.detail);
  }

  /** @param {ConversationEnd} by */
  #over(by) {
    if (this.#conversation === null) return;
    this.#isCut = by === 'visitor' && this.#conversation.isCut;
    this.#conversation.forget();
    this.#conversation = null;
    this.#colleagues = [];
    this.#ended = by;
  }
}
