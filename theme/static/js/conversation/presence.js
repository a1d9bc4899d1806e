/**
 * Signs of life, both ways and without content: who is typing, whose page is in front.
 *
 * Ours go out at most every third second, and only while they may be shown. Those of the other side expire by
 * themselves: a network that is lost in the middle of a word must not leave somebody typing for ever. No DOM.
 */

/** @import { PeerFrame } from '../transport/frames.js' */
/** @import { Timers } from '../transport/socket.js' */

export const PULSE_EVERY_MS = 3_000;
export const TYPING_LASTS_MS = 6_000;

/** @typedef {{present: boolean, typing: boolean, visible: boolean, since_ms: number}} Peer since_ms: since when so */
/**
 * @typedef {object} PresenceParts
 * @property {(frame: object) => boolean} send
 * @property {Timers} timers
 * @property {() => number} now_ms
 * @property {() => void} changed
 */

export class Presence {
  #parts;
  #isShared = true;
  #visible = true;
  /** When the last pulse with typing went out, null when the other side was last told that we do not type. */
  #typed_ms = /** @type {number | null} */ (null);
  /** @type {unknown} */
  #ownTimer = null;
  /** @type {unknown} */
  #peerTimer = null;
  /** @type {Peer} */
  #peer;

  /** @param {PresenceParts} parts */
  constructor(parts) {
    this.#parts = parts;
    this.#peer = { present: true, typing: false, visible: true, since_ms: parts.now_ms() };
  }

  /** @returns {Peer} the other side, as far as is known */
  get peer() {
    return this.#peer;
  }

  /** Let the other side see that we type, or no longer. @param {boolean} isShared */
  share(isShared) {
    this.#isShared = isShared;
    if (!isShared) this.stopped();
  }

  /** A key was pressed. */
  typing() {
    if (!this.#isShared) return;
    this.#parts.timers.clear(this.#ownTimer);
    this.#ownTimer = this.#parts.timers.set(() => this.stopped(), TYPING_LASTS_MS);
    const now_ms = this.#parts.now_ms();
    if (this.#typed_ms === null || now_ms - this.#typed_ms >= PULSE_EVERY_MS) this.#pulse(true, now_ms);
  }

  /** What was typed is sent or gone. */
  stopped() {
    this.#parts.timers.clear(this.#ownTimer);
    if (this.#typed_ms !== null) this.#pulse(false, null);
  }

  /** Our page came to the front, or went away from it. @param {boolean} visible */
  shows(visible) {
    if (visible === this.#visible) return;
    this.#visible = visible;
    this.#pulse(this.#typed_ms !== null, this.#typed_ms);
  }

  /** A new connection begins by being in front and not typing: tell it when that is not so. */
  joined() {
    this.#typed_ms = null;
    if (!this.#visible) this.#pulse(false, null);
  }

  /** @param {PeerFrame} frame */
  heard({ present, typing, visible, since_s }) {
    this.#parts.timers.clear(this.#peerTimer);
    this.#peer = { present, typing, visible, since_ms: this.#parts.now_ms() - since_s * 1000 };
    if (typing) this.#peerTimer = this.#parts.timers.set(() => this.#rests(), TYPING_LASTS_MS);
  }

  /** Something was said by the other side, or she is gone: whoever typed has stopped. */
  rests() {
    if (this.#peer.typing) this.#rests();
  }

  /** Forget, as when a conversation is over. */
  forget() {
    this.#parts.timers.clear(this.#ownTimer);
    this.#parts.timers.clear(this.#peerTimer);
    this.#typed_ms = null;
    this.#peer = { ...this.#peer, typing: false };
  }

  #rests() {
    this.#parts.timers.clear(this.#peerTimer);
    this.#peer = { ...this.#peer, typing: false };
    this.#parts.changed();
  }

  /** @param {boolean} typing @param {number | null} typed_ms */
  #pulse(typing, typed_ms) {
    this.#typed_ms = this.#parts.send({ type: 'pulse', typing, visible: this.#visible }) ? typed_ms : null;
  }
}
