/**
 * The visitor's conversation: from "Börja" to the end, without a page and without a network.
 *
 * Knows phases, who is let in, what is remembered over a reload, and how it ends. Frames come in through `receive`
 * and go out through `send`; the page reads `view`. Next: seat.js (what both seats share), granting.js (who may read).
 */

import { toBase64url } from '../crypto/encoding.js';
import { SealingError } from '../crypto/errors.js';
import { makeGrant } from '../crypto/grant.js';
import { ownershipProof, serverToken, VISITOR } from '../crypto/identity.js';
import { MessageKeys } from '../crypto/messages.js';
import { solved } from '../crypto/work.js';
import { Granting } from './granting.js';
import { Handover } from './handover.js';
import { Presence } from './presence.js';
import { Seat } from './seat.js';

/** @import { Bytes } from '../crypto/encoding.js' */
/** @import { ConversationIdentity } from '../crypto/identity.js' */
/** @import { EnvelopeFrame, JoinedFrame, PhaseFrame, ReceivedFrame, WelcomeFrame, WorkFrame } from '../transport/frames.js' */
/** @import { ConnectionState, StopReason, Timers } from '../transport/socket.js' */
/** @import { Content } from '../crypto/messages.js' */
/** @import { Considered } from './granting.js' */
/** @import { Answer } from './handover.js' */
/** @import { PageMemory, Remembered } from './memory.js' */
/** @import { Line } from './transcript.js' */
/** @import { About } from './voice.js' */

/** How long to wait for the server's word after `end` before hanging up. */
const HANG_UP_MS = 2_000;

/** @typedef {'joining' | 'waiting' | 'offered' | 'talking' | 'away' | 'over'} Stage */
/** @typedef {'visitor' | 'left' | 'mentor' | 'silence' | 'closed' | 'full' | 'blocked' | StopReason} Over */
/**
 * @typedef {object} VisitorView
 * @property {Stage} stage
 * @property {boolean} isWorking the server asked for a little work first, because very many come at once
 * @property {number | null} place
 * @property {[number, number] | null} wait_min the usual wait for that place, in minutes, while it is known
 * @property {boolean} typing the mentor is writing
 * @property {boolean} mayAsk whether another mentor can be asked for now
 * @property {string | null} mentor alias of the mentor who has been let in, from her verified certificate
 * @property {{alias: string, kind: 'new' | 'handover'} | null} question a new mentor, or one to whom the present one
 *   would hand over: may she read the earlier lines?
 * @property {readonly Line[]} lines
 * @property {boolean} connected false from a loss until the server has let this page in again
 * @property {Over | null} over
 * @property {boolean} isCut it is over, and the end of what the mentor said never came
 */
/**
 * @typedef {object} VisitorParts
 * @property {readonly string[]} pins
 * @property {readonly string[]} denied
 * @property {ConversationIdentity} identity
 * @property {Bytes} r
 * @property {Remembered | null} remembered
 * @property {PageMemory} memory
 * @property {(frame: object) => boolean} send
 * @property {() => void} hangUp
 * @property {(parting: {conversation: string, token: string}) => void} farewell tells the server without a connection
 * @property {Timers} timers
 * @property {() => number} now_ms
 * @property {() => void} changed
 * @property {About | null} [about] what the mentor shall be told of the visitor, none when there is nothing
 */

export class VisitorConversation {
  #parts;
  #seat;
  #keys;
  #granting;
  /** @type {string | null} */
  #share = null;
  #incarnation = '';
  /** @type {string | null} */
  #token = null;
  /** @type {WorkFrame | null} what the server asked for before it lets us in */
  #task = null;
  /** @type {PhaseFrame | null} */
  #phase = null;
  /** @type {Considered | null} */
  #question = null;
  #handover = new Handover();
  /** @type {{epoch: number, reason: 'certificate' | 'visitor'} | null} a refusal the server has not heard yet */
  #refusal = null;
  #presence;
  /** @type {About | null} */
  #about;
  /** Another mentor was asked for, and the answer is not here yet. */
  #asked = false;
  #connected = false;
  #isLost = false;
  #ending = false;
  /** @type {Over | null} */
  #over = null;
  #isCut = false;

  /** @param {VisitorParts} parts */
  constructor(parts) {
    this.#parts = parts;
    const { conversation } = parts.identity;
    this.#keys = new MessageKeys({ conversation });
    this.#presence = new Presence(parts);
    this.#about = parts.about ?? null;
    this.#granting = new Granting({ ...parts, conversation });
    this.#seat = new Seat({
      conversation,
      sender: VISITOR,
      peer: null,
      keys: this.#keys,
      fresh: parts.remembered === null,
      send: parts.send,
      timers: parts.timers,
      now_ms: parts.now_ms,
      changed: parts.changed,
      heard: (content, isOwn, epoch) => this.#heard(content, isOwn, epoch),
    });
    if (parts.remembered === null) this.#useRoots();
    else this.#incarnation = parts.remembered.incarnation;
  }

  /** @returns {VisitorView} */
  get view() {
    return {
      stage: this.#stage(),
      isWorking: this.#task !== null,
      place: this.#phase?.place ?? null,
      wait_min: this.#phase?.wait_min ?? null,
      typing: this.#presence.peer.typing,
      mayAsk: this.#mayAsk(),
      mentor: this.#granting.mentor?.alias ?? null,
      question: this.#asks(),
      lines: this.#ending ? [] : this.#seat.transcript.lines,
      connected: !this.#isLost,
      over: this.#ending ? (this.#over ?? 'visitor') : this.#over,
      isCut: this.#isCut,
    };
  }

  /** Make the `join` frame. @param {WelcomeFrame} welcome */
  async join(welcome) {
    const { identity, r, remembered } = this.#parts;
    const { conversation, publicKey } = identity;
    const point = this.#seat.joinPoint;
    const known = point.incarnation ?? remembered?.incarnation ?? null;
    this.#incarnation = welcome.incarnation;
    this.#token = await serverToken(r);
    return {
      type: 'join',
      version: welcome.version,
      conversation,
      key: toBase64url(publicKey),
      token: this.#token,
      proof: await ownershipProof(identity, conversation, welcome.challenge ?? ''),
      ...point,
      incarnation: known,
    };
  }

  /** @param {ReceivedFrame} frame */
  async receive(frame) {
    if (this.#over !== null && frame.type !== 'ended') return;
    switch (frame.type) {
      case 'work':
        void this.#workOn(frame);
        break;
      case 'joined':
        await this.#joined(frame);
        break;
      case 'phase':
        this.#phaseChanged(frame);
        break;
      case 'ticket':
        this.#seat.keepTicket(frame.ticket);
        return;
      case 'envelope':
        await this.#arrived(frame);
        break;
      case 'posted':
        this.#seat.posted(frame.sequence);
        return;
      case 'delivered':
        this.#seat.delivered(frame.through);
        return;
      case 'peer':
        this.#presence.heard(frame);
        break;
      case 'ended':
        // A mentor's page says goodbye before it ends: whoever is in between cannot say it for her.
        this.#isCut =
          this.#over === null &&
          frame.by === 'mentor' &&
          this.#granting.mentor !== null &&
          !this.#seat.isWhole;
        this.#finish(frame.by === 'visitor' || frame.by === 'silence' ? frame.by : 'mentor');
        this.#parts.hangUp();
        return;
      case 'error':
        this.#refused(frame.code, frame.detail);
        break;
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
      this.#task = null;
      this.#asked = false;
      this.#handover.lost();
      this.#presence.rests();
      this.#seat.lost();
    }
    if (state === 'stopped' && reason !== null) this.#finish(reason);
    this.#parts.changed();
  }

  /** @param {string} text */
  say(text) {
    if (this.#over !== null || this.#ending) return;
    this.#presence.stopped();
    this.#seat.voice.say(text);
  }

  /** Take one of our own lines back. @param {number} id */
  takeBack(id) {
    if (this.#over === null && !this.#ending) this.#seat.voice.takeBack(id);
  }

  /** Something is being typed, or no longer. @param {boolean} isTyping */
  typing(isTyping) {
    if (this.#over !== null || this.#ending) return;
    if (isTyping) this.#presence.typing();
    else this.#presence.stopped();
  }

  /** Whether the mentor may see that we type. @param {boolean} isShared */
  shareTyping(isShared) {
    this.#presence.share(isShared);
  }

  /** Our page came to the front, or went away from it. @param {boolean} visible */
  shows(visible) {
    if (this.#over === null) this.#presence.shows(visible);
  }

  /** Ask for another mentor: the present one is not seated here again, and we stand first in line. */
  askForAnother() {
    if (this.#mayAsk()) this.#asked = this.#parts.send({ type: 'another' });
    this.#parts.changed();
  }

  retry() {
    this.#seat.voice.retry();
  }

  /** Answer the question about another mentor. @param {Answer} answer */
  decide(answer) {
    const question = this.#question;
    this.#question = null;
    if (question === null) {
      this.#answer(answer);
    } else if (answer === 'no') {
      this.#granting.answered(question.offer);
      this.#decline(question.epoch, 'visitor');
    } else {
      void this.#grant(question, answer);
    }
    this.#parts.changed();
  }

  /** Leave the queue or end the conversation for both. The page is over at once; the server hears it if it can. */
  async end() {
    if (this.#over !== null || this.#ending) return;
    this.#ending = true;
    this.#parts.changed();
    const waits = this.#phase === null || this.#phase.phase === 'waiting';
    if (!waits && this.#granting.mentor !== null && this.#connected) await this.#seat.close();
    const isTold = this.#parts.send({ type: waits ? 'leave' : 'end' });
    if (!isTold) this.#sayFarewell();
    this.#finish(waits ? 'left' : 'visitor');
    this.#parts.changed();
    this.#parts.timers.set(() => this.#parts.hangUp(), isTold ? HANG_UP_MS : 0);
  }

  /** End everything now, without waiting for anybody: the page is being left. */
  quit() {
    if (this.#over !== null) return;
    this.#sayFarewell();
    this.#finish('left');
    this.#parts.hangUp();
  }

  /** @returns {VisitorView['question']} */
  #asks() {
    if (this.#question !== null) return { alias: this.#question.alias, kind: 'new' };
    const proposed = this.#handover.proposed;
    return proposed && { alias: proposed.alias, kind: 'handover' };
  }

  /** Answer the present mentor, who would hand over to a colleague. @param {Answer} answer */
  #answer(answer) {
    if (this.#handover.proposed === null) return;
    this.#handover.answer(answer);
    this.#seat.voice.answer(answer);
    this.#askColleague();
  }

  /** Let the server ask the colleague who was agreed to. Only her key goes to it, and no word of why. */
  #askColleague() {
    const agreed = this.#handover.agreed;
    if (agreed !== null) this.#parts.send({ type: 'consent', mentor: agreed.key });
  }

  /**
   * What is said inside the conversation about the conversation. After a reload the log tells it all again: what was
   * said to an earlier mentor has had its answer.
   *
   * @param {Content} content @param {boolean} isOwn @param {number} epoch
   */
  #heard(content, isOwn, epoch) {
    if (epoch !== this.#granting.state.epoch) return;
    if (content.type === 'handover' && !isOwn) this.#handover.propose(content);
    if (content.type === 'answer' && isOwn) {
      this.#handover.answer(content.answer);
      if (this.#phase !== null) this.#handover.heard(this.#phase);
    }
  }

  /** @param {{alias: string} | null} colleague */
  #doesNotCome(colleague) {
    if (colleague !== null) this.#seat.transcript.addNotice('not_taken_over', colleague.alias);
  }

  /** @returns {Stage} */
  #stage() {
    if (this.#over !== null || this.#ending) return 'over';
    if (this.#phase === null) return 'joining';
    const { phase, epoch } = this.#phase;
    // "Talking" is what we have granted, not what the server says.
    if (phase === 'talking' && this.#granting.state.epoch < epoch) return 'offered';
    return phase;
  }

  #mayAsk() {
    const phase = this.#phase?.phase;
    return (
      this.#connected && !this.#asked && phase !== undefined && phase !== 'waiting' && this.#over === null
    );
  }

  /** Find the number, and tell it on the connection that asked. @param {WorkFrame} task */
  async #workOn(task) {
    this.#task = task;
    const isWanted = () => this.#task === task && this.#over === null && !this.#ending;
    const number = await solved(task, isWanted);
    if (number !== null) this.#parts.send({ type: 'work', number });
  }

  /** @param {JoinedFrame} frame */
  async #joined(frame) {
    const { remembered, memory } = this.#parts;
    if (remembered !== null && this.#share === null) {
      try {
        const state = await memory.open(remembered, frame.share);
        this.#granting = new Granting({ ...this.#parts, conversation: frame.conversation, state });
        this.#about = state.about ?? null;
        this.#useRoots();
      } catch (error) {
        if (!(error instanceof SealingError)) throw error;
        this.#parts.send({ type: 'leave' });
        this.#finish('unknown');
        this.#parts.hangUp();
        return;
      }
    }
    this.#share = frame.share;
    this.#task = null;
    this.#connected = true;
    this.#isLost = false;
    this.#presence.joined();
    this.#seat.joined(this.#incarnation, frame.have);
    if (this.#refusal !== null) this.#decline(this.#refusal.epoch, this.#refusal.reason);
    this.#askColleague();
    await this.#remember();
  }

  /** @param {PhaseFrame} frame */
  #phaseChanged(frame) {
    const before = this.#phase?.phase ?? null;
    this.#phase = frame;
    this.#doesNotCome(this.#handover.heard(frame));
    if (frame.phase !== 'waiting') return;
    this.#question = null;
    this.#handover.over();
    this.#presence.rests();
    if (this.#asked) this.#seat.transcript.addNotice('another');
    else if (before === 'away' || before === 'talking') this.#seat.transcript.addNotice('mentor_gone');
    this.#asked = false;
  }

  /** @param {EnvelopeFrame} frame */
  async #arrived(frame) {
    const taken = this.#seat.take(frame);
    if (taken === 'known') return;
    if (taken === 'own') {
      if (frame.kind === 'message') await this.#seat.show(frame, null);
      return;
    }
    if (frame.kind === 'offer') {
      await this.#offered(frame);
    } else if (frame.kind === 'message') {
      const speaker = this.#granting.speaker(frame);
      if (speaker === null) this.#tellOf(frame);
      else await this.#seat.show(frame, speaker.alias);
      this.#presence.rests();
    }
  }

  /** Say that something came which nobody may say any more. @param {EnvelopeFrame} frame */
  #tellOf(frame) {
    const former = this.#granting.former(frame);
    if (former === null) this.#seat.transcript.addNotice('stranger');
    else this.#seat.transcript.addNotice('too_late', former.alias);
  }

  /** @param {EnvelopeFrame} frame */
  async #offered(frame) {
    const considered = await this.#granting.consider(frame);
    switch (considered.verdict) {
      case 'grant':
      case 'again':
        await this.#grant(considered, 'all');
        break;
      case 'ask': {
        const sharing = this.#handover.sharing(considered);
        if (sharing === null) this.#question = considered;
        else await this.#grant(considered, sharing);
        break;
      }
      case 'decline':
        this.#seat.transcript.addNotice('declined');
        this.#decline(considered.epoch, 'certificate');
        break;
      default:
    }
  }

  /** @param {Considered} considered @param {Exclude<Answer, 'no'>} sharing */
  async #grant(considered, sharing) {
    const { identity } = this.#parts;
    const { conversation } = identity;
    const { epoch, offer } = considered;
    const isHandover = this.#handover.sharing(considered) !== null;
    await this.#seat.post('grant', async () => {
      const former = this.#granting.mentor;
      const lastHeard = former === null ? 0 : this.#seat.order.accepted(former.sender);
      const roots = this.#granting.open(considered, sharing, lastHeard);
      const grant = await makeGrant({ identity, conversation, epoch, offer, roots });
      this.#useRoots();
      // Before it goes out: a reload must never meet an epoch whose root it does not have.
      await this.#remember();
      return { epoch, body: JSON.stringify(grant) };
    });
    if (considered.verdict !== 'again') this.#handover.over();
    if (isHandover) this.#seat.transcript.addNotice('handed_over', considered.alias);
    // Each mentor hears it once, under her own root: also one who may read nothing of what was before her.
    if (this.#about !== null && considered.verdict !== 'again') this.#seat.voice.tell(this.#about);
    this.#parts.changed();
  }

  /** @param {number} epoch @param {'certificate' | 'visitor'} reason */
  #decline(epoch, reason) {
    this.#refusal = this.#parts.send({ type: 'decline', epoch, reason }) ? null : { epoch, reason };
  }

  #sayFarewell() {
    if (this.#token === null) return;
    this.#parts.farewell({ conversation: this.#parts.identity.conversation, token: this.#token });
  }

  #useRoots() {
    const { epoch, roots } = this.#granting.state;
    for (const [each, root] of Object.entries(roots)) this.#keys.addRoot(Number(each), root);
    this.#seat.epoch = epoch;
    this.#seat.peer = this.#granting.mentor?.sender ?? null;
  }

  async #remember() {
    const { memory, r, identity } = this.#parts;
    if (this.#share === null || this.#over !== null) return;
    const state = { ...this.#granting.state, about: this.#about };
    await memory.write({ r, identity, incarnation: this.#incarnation, share: this.#share, state });
    if (this.#over !== null) memory.clear();
  }

  /** @param {string} code @param {Record<string, unknown>} detail */
  #refused(code, detail) {
    if (code === 'closed' || code === 'full' || code === 'blocked') this.#finish(code);
    else if (code === 'unknown_conversation') this.#finish('unknown');
    else if (code === 'not_owner') this.#finish('refused');
    else if (code === 'colleague_away') this.#doesNotCome(this.#handover.failed());
    else this.#seat.refused(code, detail);
  }

  /** @param {Over} over */
  #finish(over) {
    if (this.#over !== null) return;
    this.#over = over;
    this.#question = null;
    this.#handover.over();
    // A newer tab has the conversation and its memory; only this page forgets.
    if (over !== 'newer_tab') this.#parts.memory.clear();
    this.#about = null;
    this.#presence.forget();
    this.#seat.forget();
    this.#granting.forget();
  }
}
