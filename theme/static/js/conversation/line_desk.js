/**
 * The coordinator's end of the line: the questions of several mentors, each in a line of its own.
 *
 * Every mentor's certificate and signature is checked here before her name is shown. What she wrote goes with this page,
 * or a minute after hers is gone. No DOM, no network: frames go out through `send`.
 */

import { hasExactly } from '../crypto/encoding.js';
import { SealingError } from '../crypto/errors.js';
import { newCoordinatorKey, takeLine } from '../crypto/line.js';
import { VERSION } from '../transport/frames.js';
import { GRACE_MS } from './line.js';
import { LineLog, PATIENCE_MS } from './line_log.js';
import { Order } from './order.js';

/** @import { CoordinatorKey, LineKeys, Opening } from '../crypto/line.js' */
/** @import { ReceivedFrame } from '../transport/frames.js' */
/** @import { Counts } from '../transport/line_frames.js' */
/** @import { ConnectionState, StopReason, Timers } from '../transport/socket.js' */
/** @import { LineEntry } from './line_log.js' */

/** How many mentors may ask at the same time; the service bounds it too. */
const MOST_TALKS = 100;

/**
 * @typedef {object} TalkView one mentor's line
 * @property {string} page
 * @property {string} alias from her certificate
 * @property {boolean} isThere
 * @property {readonly LineEntry[]} entries
 * @property {number} unread
 */
/**
 * @typedef {object} LineDeskView
 * @property {ConnectionState} connection
 * @property {StopReason | null} stopped
 * @property {Counts | null} counts
 * @property {TalkView[]} talks in the order they came
 * @property {number} refused how much came that could not be shown
 */
/**
 * @typedef {object} LineDeskParts
 * @property {readonly string[]} pins b64 public keys of the organisation
 * @property {readonly string[]} denied mentor key ids
 * @property {(frame: object) => boolean} send
 * @property {Timers} timers
 * @property {() => number} now_ms
 * @property {() => void} changed
 * @property {() => void} lost the connection is gone; whether the session is too is for the page to find out
 */
/**
 * @typedef {object} Talk
 * @property {string} alias
 * @property {string} enc names the one opening of this line
 * @property {LineKeys} keys
 * @property {LineLog} log
 * @property {number} next
 * @property {boolean} isThere
 * @property {unknown} graceTimer
 */

export class LineDesk {
  #parts;
  /** @type {Promise<CoordinatorKey>} */
  #own = newCoordinatorKey();
  /** @type {Map<string, Talk>} */
  #talks = new Map();
  #order = new Order();
  /** @type {ConnectionState} */
  #connection = 'opening';
  /** @type {StopReason | null} */
  #stopped = null;
  /** @type {LineDeskView['counts']} */
  #counts = null;
  #refused = 0;
  /** @type {Promise<void>} */
  #work = Promise.resolve();

  /** @param {LineDeskParts} parts */
  constructor(parts) {
    this.#parts = parts;
  }

  /** @returns {LineDeskView} */
  get view() {
    return {
      connection: this.#connection,
      stopped: this.#stopped,
      counts: this.#counts,
      talks: [...this.#talks].map(([page, { alias, isThere, log }]) => ({
        page,
        alias,
        isThere,
        entries: log.entries,
        unread: log.unread,
      })),
      refused: this.#refused,
    };
  }

  /** Make the `join` frame. */
  async join() {
    const { key } = await this.#own;
    return { type: 'join', version: VERSION, key, pages: [...this.#talks.keys()] };
  }

  /** @param {ReceivedFrame} frame */
  async receive(frame) {
    switch (frame.type) {
      case 'counts': {
        const { type: _type, ...counts } = frame;
        this.#counts = counts;
        break;
      }
      case 'line':
        await this.#asked(frame);
        break;
      case 'line_got':
        this.#talks.get(frame.page)?.log.got(frame.page, frame.number);
        break;
      case 'line_lost':
        this.#talks.get(frame.page)?.log.lost(frame.page, frame.number);
        break;
      case 'line_page':
        this.#turned(frame.page, frame.present);
        break;
      default:
        return;
    }
    this.#parts.changed();
  }

  /** @param {ConnectionState} state @param {StopReason | null} reason */
  connection(state, reason) {
    this.#connection = state;
    this.#stopped = reason;
    if (state === 'lost' || state === 'stopped') this.#parts.lost();
    if (state === 'stopped') this.forget();
    this.#parts.changed();
  }

  /** Answer a mentor. @param {string} page @param {string} text */
  answer(page, text) {
    const talk = this.#talks.get(page);
    if (talk !== undefined) this.#send(page, talk, talk.log.addOwn(text));
  }

  /** Send an answer again that did not come through. @param {string} page @param {number} id */
  retry(page, id) {
    const talk = this.#talks.get(page);
    const entry = talk?.log.lostEntry(id) ?? null;
    if (talk !== undefined && entry !== null) this.#send(page, talk, entry);
  }

  /** What a mentor wrote has been seen. @param {string} page */
  read(page) {
    const log = this.#talks.get(page)?.log;
    if (log === undefined || log.unread === 0) return;
    log.unread = 0;
    this.#parts.changed();
  }

  /** Forget every text and key. */
  forget() {
    for (const page of [...this.#talks.keys()]) this.#drop(page);
    this.#order.clear();
  }

  /** @param {{page: string, number: number, body: string}} frame */
  async #asked({ page, number, body }) {
    try {
      const { sealed, ...opening } = readBody(body);
      const talk = this.#talks.get(page) ?? (await this.#take(page, opening));
      // One page opens one line: whatever bears another opening is not hers.
      if (talk === null || talk.enc !== opening.enc) {
        this.#refused += 1;
        return;
      }
      const verdict = this.#order.take(page, number);
      if (verdict === 'again') return;
      if (verdict === 'gap') talk.log.addNotice('line_gap');
      const text = await this.#opened(talk, number, sealed);
      if (text === null) return;
      talk.log.addOther(text);
      this.#turned(page, true);
      this.#parts.send({ type: 'line_got', page, number });
    } catch (error) {
      if (!(error instanceof SealingError) && !(error instanceof SyntaxError)) throw error;
      this.#refused += 1;
    }
  }

  /** @param {string} page @param {Opening} opening @returns {Promise<Talk | null>} */
  async #take(page, opening) {
    if (this.#talks.size >= MOST_TALKS) return null;
    const { pins, denied, now_ms } = this.#parts;
    const own = await this.#own;
    const nowS = now_ms() / 1000;
    const { facts, keys } = await takeLine({ pins, denied, own, page, opening, nowS });
    const { alias } = facts;
    const log = new LineLog(now_ms);
    const talk = { alias, enc: opening.enc, keys, log, next: 0, isThere: true, graceTimer: null };
    this.#talks.set(page, talk);
    return talk;
  }

  /** @param {Talk} talk @param {number} number @param {string} sealed @returns {Promise<string | null>} */
  async #opened(talk, number, sealed) {
    try {
      return await talk.keys.open(number, sealed);
    } catch (error) {
      if (!(error instanceof SealingError)) throw error;
      talk.log.addNotice('line_unreadable');
      return null;
    }
  }

  /** A mentor's page came or went. @param {string} page @param {boolean} isThere */
  #turned(page, isThere) {
    const talk = this.#talks.get(page);
    if (talk === undefined || talk.isThere === isThere) return;
    talk.isThere = isThere;
    this.#parts.timers.clear(talk.graceTimer);
    if (isThere) return;
    talk.log.gone(page);
    talk.graceTimer = this.#parts.timers.set(() => {
      this.#drop(page);
      this.#parts.changed();
    }, GRACE_MS);
  }

  /** @param {string} page */
  #drop(page) {
    const talk = this.#talks.get(page);
    if (talk === undefined) return;
    this.#parts.timers.clear(talk.graceTimer);
    talk.log.clear();
    this.#talks.delete(page);
  }

  /** @param {string} page @param {Talk} talk @param {LineEntry} entry */
  #send(page, talk, entry) {
    talk.log.sending(entry);
    this.#work = this.#work.then(() => this.#deliver(page, talk, entry));
    this.#parts.changed();
  }

  /** @param {string} page @param {Talk} talk @param {LineEntry} entry */
  async #deliver(page, talk, entry) {
    const number = talk.next;
    talk.next += 1;
    const body = await talk.keys.seal(number, entry.text);
    talk.log.awaits(entry, page, number);
    if (!this.#parts.send({ type: 'line', page, number, body })) talk.log.lost(page, number);
    const sending = talk.log.sent(entry);
    this.#parts.timers.set(() => {
      talk.log.overdue(entry, sending);
      this.#parts.changed();
    }, PATIENCE_MS);
    this.#parts.changed();
  }
}

/** @param {string} body @returns {Opening & {sealed: string}} */
function readBody(body) {
  const fields = JSON.parse(body);
  if (!hasExactly(fields, ['certificate', 'enc', 'signature', 'sealed'])) throw new SyntaxError('no opening');
  return /** @type {any} */ (fields);
}
