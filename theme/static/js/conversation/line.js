/**
 * The mentor's end of the line to the coordinators: seals what she types to every coordinator's page that is there.
 *
 * Shares nothing with the conversation but the socket, whose frames `beside` parts by their types. Everything is in
 * page memory and goes with the page, or a minute after the last coordinator's page is gone. No DOM, no network.
 */

import { LineError, SealingError } from '../crypto/errors.js';
import { newPageName, openLine, pageOf } from '../crypto/line.js';
import { LineLog, PATIENCE_MS } from './line_log.js';
import { Order } from './order.js';

/** @import { Certificate } from '../crypto/certificate.js' */
/** @import { MentorIdentity } from '../crypto/identity.js' */
/** @import { LineKeys, Opening } from '../crypto/line.js' */
/** @import { SeatPart } from '../transport/browser.js' */
/** @import { ReceivedFrame } from '../transport/frames.js' */
/** @import { LineFrame } from '../transport/line_frames.js' */
/** @import { ConnectionState, StopReason, Timers } from '../transport/socket.js' */
/** @import { LineEntry } from './line_log.js' */

/** How long what was written outlives the last page on the other side: a lost connection may come back. */
export const GRACE_MS = 60_000;

/** @typedef {'unknown' | 'uncertified' | 'nobody' | 'here'} LineState unknown: not connected, or not told yet */
/**
 * @typedef {object} LineView
 * @property {LineState} state
 * @property {readonly LineEntry[]} entries
 * @property {number} unread
 */
/**
 * @typedef {object} LineParts
 * @property {MentorIdentity} identity
 * @property {Certificate | null} certificate
 * @property {(frame: object) => boolean} send
 * @property {Timers} timers
 * @property {() => number} now_ms
 * @property {() => void} changed
 */
/** @typedef {{opening: Opening, keys: LineKeys, next: number}} OpenLine */

const FRAMES = ['line_open', 'line', 'line_got', 'line_lost'];

export class MentorLine {
  #parts;
  #page = newPageName();
  #log;
  #order = new Order();
  /** The pages that are there, by name; null while nothing is known. @type {Map<string, string> | null} */
  #there = null;
  /** @type {Map<string, OpenLine>} */
  #lines = new Map();
  #isAnnounced = false;
  /** @type {unknown} */
  #graceTimer = null;
  /** Texts are sealed one after the other. @type {Promise<void>} */
  #work = Promise.resolve();

  /** @param {LineParts} parts */
  constructor(parts) {
    this.#parts = parts;
    this.#log = new LineLog(parts.now_ms);
  }

  /** @returns {LineView} */
  get view() {
    return { state: this.#state, entries: this.#log.entries, unread: this.#log.unread };
  }

  /**
   * Put the line beside another part on the same connection: its frames come here, and no other does.
   *
   * @param {SeatPart} part
   * @returns {SeatPart}
   */
  beside(part) {
    return {
      join: (welcome) => part.join(welcome),
      receive: (frame) => (isOfTheLine(frame) ? this.receive(frame) : part.receive(frame)),
      connection: (state, reason) => {
        this.connection(state, reason);
        part.connection(state, reason);
      },
    };
  }

  /** Ask the coordinators. Says false, and keeps nothing, when nobody can be asked now. @param {string} text */
  ask(text) {
    if (this.#state !== 'here') return false;
    this.#send(this.#log.addOwn(text));
    return true;
  }

  /** Send a text again that did not come through. @param {number} id */
  retry(id) {
    const entry = this.#log.lostEntry(id);
    if (entry !== null && this.#state === 'here') this.#send(entry);
  }

  /** What came in has been seen. */
  read() {
    if (this.#log.unread === 0) return;
    this.#log.unread = 0;
    this.#parts.changed();
  }

  /** @param {LineFrame} frame */
  async receive(frame) {
    if (frame.type === 'line_open') await this.#arranged(frame.keys);
    else if (frame.type === 'line') await this.#answered(frame);
    else if (frame.type === 'line_got') this.#log.got(frame.page, frame.number);
    else if (frame.type === 'line_lost') this.#log.lost(frame.page, frame.number);
    this.#parts.changed();
  }

  /** @param {ConnectionState} state @param {StopReason | null} _reason */
  connection(state, _reason) {
    if (state === 'open') return;
    this.#there = null;
    this.#isAnnounced = false;
    if (state === 'stopped') this.forget();
    this.#parts.changed();
  }

  /** Forget every text and key. */
  forget() {
    this.#parts.timers.clear(this.#graceTimer);
    this.#graceTimer = null;
    this.#log.clear();
    this.#order.clear();
    this.#lines.clear();
  }

  /** @returns {LineState} */
  get #state() {
    if (this.#parts.certificate === null) return 'uncertified';
    if (this.#there === null) return 'unknown';
    return this.#there.size === 0 ? 'nobody' : 'here';
  }

  /** These coordinators' pages are there now. @param {string[]} keys */
  async #arranged(keys) {
    const there = new Map();
    for (const key of keys) there.set(await pageOf(key), key);
    this.#there = there;
    const known = [...this.#lines.keys()];
    for (const page of known) if (!there.has(page)) this.#log.gone(page);
    if (known.length > 0) this.#announce();
    this.#parts.timers.clear(this.#graceTimer);
    this.#graceTimer = null;
    if (there.size === 0) this.#graceTimer = this.#parts.timers.set(() => this.#vanish(), GRACE_MS);
    else if (known.length > 0 && !known.some((page) => there.has(page))) {
      // Another page reads from here on, and what was written before is not on it.
      this.#lines.clear();
      this.#log.addNotice('line_other_page');
    }
  }

  #vanish() {
    const hadText = this.#log.entries.length > 0;
    this.forget();
    if (hadText) this.#log.addNotice('line_vanished');
    this.#parts.changed();
  }

  /** @param {LineEntry} entry */
  #send(entry) {
    this.#log.sending(entry);
    this.#work = this.#work.then(() => this.#deliver(entry));
    this.#parts.changed();
  }

  /** @param {LineEntry} entry */
  async #deliver(entry) {
    this.#announce();
    for (const [page, key] of this.#there ?? []) {
      try {
        const line = await this.#lineTo(page, key);
        const number = line.next;
        line.next += 1;
        const sealed = await line.keys.seal(number, entry.text);
        const body = JSON.stringify({ ...line.opening, sealed });
        // Before it goes out: the answer may be quicker than we are.
        this.#log.awaits(entry, page, number);
        if (!this.#parts.send({ type: 'line', page, number, body })) this.#log.lost(page, number);
      } catch (error) {
        if (!(error instanceof SealingError)) throw error;
      }
    }
    const sending = this.#log.sent(entry);
    this.#parts.timers.set(() => {
      this.#log.overdue(entry, sending);
      this.#parts.changed();
    }, PATIENCE_MS);
    this.#parts.changed();
  }

  /** @param {string} page @param {string} key @returns {Promise<OpenLine>} */
  async #lineTo(page, key) {
    const { identity, certificate } = this.#parts;
    if (certificate === null) throw new LineError('malformed');
    let line = this.#lines.get(page);
    if (line === undefined) {
      line = { ...(await openLine({ identity, certificate, page: this.#page, key })), next: 0 };
      this.#lines.set(page, line);
    }
    return line;
  }

  /** Say under which name answers find this page. */
  #announce() {
    if (this.#isAnnounced) return;
    this.#isAnnounced = this.#parts.send({ type: 'line_here', page: this.#page });
  }

  /** @param {{page: string, number: number, body: string}} frame */
  async #answered({ page, number, body }) {
    const line = this.#lines.get(page);
    if (line === undefined) return;
    const verdict = this.#order.take(page, number);
    if (verdict === 'again') return;
    if (verdict === 'gap') this.#log.addNotice('line_gap');
    try {
      this.#log.addOther(await line.keys.open(number, body));
      this.#parts.send({ type: 'line_got', page, number });
    } catch (error) {
      if (!(error instanceof SealingError)) throw error;
      this.#log.addNotice('line_unreadable');
    }
  }
}

/** @param {ReceivedFrame | LineFrame} frame @returns {frame is LineFrame} */
function isOfTheLine(frame) {
  return FRAMES.includes(frame.type);
}
