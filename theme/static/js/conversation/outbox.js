/**
 * One's own envelopes, kept until the conversation ends, so that nothing is lost and nothing comes twice.
 *
 * Knows: numbers without holes (sealing happens one at a time), posting what the server lacks (`have`) after every
 * reconnect, how far the server ("Skickat") and the other browser ("Framme") have come. The server treats the same
 * bytes as the same envelope, so posting again is harmless. Does not know what is inside. No DOM, no network.
 */

/** @import { Timers } from '../transport/socket.js' */

/** @typedef {'message' | 'offer' | 'grant'} Kind */
/** @typedef {{sequence: number, epoch: number, kind: Kind, body: string}} Own */
/** @typedef {'sending' | 'posted' | 'delivered' | 'failed'} Mark */
/**
 * @typedef {object} OutboxParts
 * @property {(frame: {type: 'post'} & Own) => boolean} post
 * @property {Timers} timers
 * @property {() => void} changed a mark has changed
 */

/** How many envelopes may be on their way at once; the server's allowance and memory stay unharmed by a long log. */
export const WINDOW = 8;
/** A refusal is heard once for every envelope that was on its way: wait for the last one before going back. */
const GO_BACK_DELAY_MS = 250;

export class Outbox {
  #parts;
  /** @type {Own[]} index is sequence */
  #kept = [];
  #connected = false;
  /** How many the server has said to have in this life of the connection. */
  #have = 0;
  /** Next sequence to post in this life of the connection. */
  #next = 0;
  /** How far marks have come; they never go back, even if the server forgets. */
  #posted = 0;
  #delivered = 0;
  /** @type {Set<number>} */
  #failed = new Set();
  /** @type {Promise<unknown>} */
  #line = Promise.resolve();
  /** @type {(() => void) | null} */
  #numbered = null;
  /** @type {Promise<void>} resolves when the first free number is known */
  #numbering;
  /** @type {unknown} */
  #pause = null;

  /**
   * @param {OutboxParts} parts
   * @param {{fresh: boolean}} beginning fresh: nothing was ever posted from this seat, so the first number is 0;
   *   otherwise sealing waits until the server's log has given the earlier envelopes back
   */
  constructor(parts, { fresh }) {
    this.#parts = parts;
    this.#numbering = fresh
      ? Promise.resolve()
      : new Promise((resolve) => {
          this.#numbered = resolve;
        });
  }

  /** How many envelopes this seat has made. */
  get count() {
    return this.#kept.length;
  }

  /**
   * Seal with the next number, keep, and post when possible.
   *
   * @param {Kind} kind
   * @param {(sequence: number) => Promise<{epoch: number, body: string}>} seal called when everything before is sealed
   * @returns {Promise<number>} the sequence; rejects, leaving no hole, when sealing does
   */
  add(kind, seal) {
    const added = this.#line.then(async () => {
      await this.#numbering;
      const sequence = this.#kept.length;
      const { epoch, body } = await seal(sequence);
      this.#kept.push({ sequence, epoch, kind, body });
      this.#pump();
      return sequence;
    });
    this.#line = added.catch(() => undefined);
    return added;
  }

  /**
   * Take back an own envelope from the server's log (after a reload, or when the server tells the whole log again).
   *
   * @param {Own} own
   * @returns {'known' | 'adopted' | 'altered'} altered: not the bytes that this seat sent, or a number out of place
   */
  adopt({ sequence, epoch, kind, body }) {
    const known = this.#kept[sequence];
    if (known !== undefined) return known.body === body && known.kind === kind ? 'known' : 'altered';
    if (sequence !== this.#kept.length || this.#numbered === null) return 'altered';
    this.#kept.push({ sequence, epoch, kind, body });
    this.#posted = Math.max(this.#posted, this.#kept.length);
    this.#settleNumbering();
    return 'adopted';
  }

  /** The connection is back and the server has this many of our envelopes. @param {number} have */
  resume(have) {
    this.#connected = true;
    this.#cancelPause();
    this.#have = have;
    this.#next = have;
    this.#posted = Math.max(this.#posted, Math.min(have, this.#kept.length));
    this.#settleNumbering();
    this.#pump();
    this.#parts.changed();
  }

  /**
   * Take back what the server does not have, because it can never be posted as it was sealed.
   *
   * @param {number} have how many the server has
   * @returns {number[]} the sequences that are free again
   */
  takeBack(have) {
    const taken = this.#kept.slice(have).map((own) => own.sequence);
    this.#kept.length = Math.min(this.#kept.length, have);
    this.#posted = Math.min(this.#posted, have);
    this.#failed.clear();
    return taken;
  }

  /** The connection is lost: keep, and post nothing. */
  lost() {
    this.#connected = false;
    this.#cancelPause();
  }

  /** The server has it. @param {number} sequence */
  posted(sequence) {
    this.#have = Math.max(this.#have, sequence + 1);
    this.#posted = Math.max(this.#posted, sequence + 1);
    this.#failed.delete(sequence);
    this.#pump();
    this.#parts.changed();
  }

  /** The other browser has everything before `through`. @param {number} through */
  delivered(through) {
    const possible = Math.min(through, this.#kept.length);
    if (possible <= this.#delivered) return;
    this.#delivered = possible;
    this.#parts.changed();
  }

  /**
   * The server refused a post.
   *
   * @param {string} code
   * @param {Record<string, unknown>} detail
   */
  refused(code, detail) {
    if (code === 'gap') this.#goBack(asCount(detail['expected']) ?? this.#have, GO_BACK_DELAY_MS);
    else if (code === 'too_fast')
      this.#goBack(this.#have, (asCount(detail['retry_after_s']) ?? 1) * 1000 + GO_BACK_DELAY_MS);
    else if (this.#have < this.#next) {
      this.#failed.add(this.#have);
      this.#next = this.#have;
      this.#parts.changed();
    }
  }

  /** Post again what was refused. */
  retry() {
    this.#failed.clear();
    this.#pump();
    this.#parts.changed();
  }

  /** @param {number} sequence @returns {Mark} */
  mark(sequence) {
    if (sequence < this.#delivered) return 'delivered';
    if (sequence < this.#posted) return 'posted';
    return this.#failed.has(sequence) ? 'failed' : 'sending';
  }

  /** Forget everything. */
  clear() {
    this.lost();
    this.#kept = [];
    this.#failed.clear();
  }

  #pump() {
    if (!this.#connected || this.#pause !== null || this.#failed.size > 0) return;
    while (this.#next < this.#kept.length && this.#next < this.#have + WINDOW) {
      const own = this.#kept[this.#next];
      if (own === undefined || !this.#parts.post({ type: 'post', ...own })) return;
      this.#next += 1;
    }
  }

  /** @param {number} sequence @param {number} delay_ms */
  #goBack(sequence, delay_ms) {
    this.#cancelPause();
    this.#have = Math.min(sequence, this.#kept.length);
    this.#pause = this.#parts.timers.set(() => {
      this.#pause = null;
      this.#next = this.#have;
      this.#pump();
    }, delay_ms);
  }

  #cancelPause() {
    if (this.#pause !== null) this.#parts.timers.clear(this.#pause);
    this.#pause = null;
  }

  #settleNumbering() {
    if (this.#numbered === null || !this.#connected || this.#kept.length < this.#have) return;
    this.#numbered();
    this.#numbered = null;
  }
}

/** @param {unknown} value @returns {number | null} */
function asCount(value) {
  return typeof value === 'number' && value >= 0 ? Math.ceil(value) : null;
}
