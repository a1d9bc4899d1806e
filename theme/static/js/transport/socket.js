/**
 * One connection to the service that comes back by itself.
 *
 * Knows: welcome first, then our `join`, then frames in order; a beat every 15 s and lost after 10 s of silence; the
 * meaning of close codes; reconnecting with jitter. Does not know what the frames mean. The WebSocket constructor,
 * the timers and the random source are passed in, so that it runs in Node too. Wire: docs/protocol.md.
 *
 * Why the next beat is set when an answer is heard and never inside a timer: browsers slow chained timers in hidden
 * pages down to one a minute, which would cost a waiting visitor the place; a timer set by an event is not chained.
 */

import { FrameError, parseFrame } from './frames.js';

/** @import { ReceivedFrame, SeatName, WelcomeFrame } from './frames.js' */

export const BEAT_INTERVAL_MS = 15_000;
export const SILENCE_LIMIT_MS = 10_000;
const FIRST_DELAY_MS = 500;
/** Two at most while a service that fell may be starting: whoever just missed it is back three seconds after it. */
const DELAYS_MS = [1_000, 1_500, 2_000, 2_000, 2_000, 3_000, 5_000];
const MALFORMED_LIMIT = 3;
/** WebSocket.OPEN */
const OPEN = 1;

/** Close codes after which nobody shall come back by itself. @type {Readonly<Record<number, StopReason>>} */
const STOPS = {
  4401: 'signed_out',
  4403: 'refused',
  4404: 'unknown',
  4409: 'newer_tab',
  4426: 'wrong_version',
};

/** @typedef {'signed_out' | 'refused' | 'unknown' | 'newer_tab' | 'wrong_version' | 'broken' | 'ended' | 'left'} StopReason */
/** @typedef {'opening' | 'open' | 'lost' | 'stopped'} ConnectionState */
/**
 * @typedef {object} Timers
 * @property {(run: () => void, delay_ms: number) => unknown} set
 * @property {(timer: any) => void} clear
 */
/**
 * @typedef {object} ConnectionParts
 * @property {string} url
 * @property {SeatName} seat whose frames are parsed
 * @property {new (url: string) => WebSocket} WebSocket
 * @property {Timers} timers
 * @property {() => number} random 0 ≤ n < 1
 * @property {(welcome: WelcomeFrame) => Promise<object>} join makes the `join` frame
 * @property {(frame: ReceivedFrame) => Promise<void> | void} receive called with one frame at a time, in order
 * @property {(state: ConnectionState, reason: StopReason | null) => void} changed
 * @property {(error: unknown) => void} failed called when `join` or `receive` threw; the next frame is still handled
 * @property {boolean} endsAt1000 whether close code 1000 means that there is nothing to come back to
 */

export class Connection {
  #parts;
  /** @type {WebSocket | null} */
  #socket = null;
  /** Names one life of the socket; whatever belongs to an older life is dropped. */
  #life = 0;
  #failures = 0;
  #malformed = 0;
  #joined = false;
  /** @type {ConnectionState} */
  #state = 'lost';
  /** @type {Promise<void>} */
  #work = Promise.resolve();
  /** @type {unknown} */
  #beatTimer = null;
  /** @type {unknown} */
  #silenceTimer = null;
  /** @type {unknown} */
  #returnTimer = null;

  /** @param {ConnectionParts} parts */
  constructor(parts) {
    this.#parts = parts;
  }

  /** @returns {ConnectionState} */
  get state() {
    return this.#state;
  }

  /** Open the connection; later losses are mended without being asked. */
  start() {
    this.#open();
  }

  /** Send a frame now. Says false, and keeps nothing, when there is no joined connection. @param {object} frame */
  send(frame) {
    return this.#joined && this.#give(frame);
  }

  /** Close for good. */
  stop() {
    this.#drop(1000);
    this.#change('stopped', 'left');
  }

  /** The page woke up or the network came back: try at once instead of waiting for a timer. */
  wake() {
    if (this.#state === 'lost' && this.#returnTimer !== null) this.#open();
    else if (this.#state === 'open') this.#beat();
  }

  #open() {
    this.#clearTimers();
    this.#life += 1;
    const life = this.#life;
    this.#joined = false;
    this.#change('opening', null);
    const socket = new this.#parts.WebSocket(this.#parts.url);
    this.#socket = socket;
    socket.onmessage = (event) => {
      if (life === this.#life) this.#heard(life, event.data);
    };
    socket.onclose = (event) => {
      if (life === this.#life) this.#joined = false;
      // After the frames that came before it: the last of them says why.
      this.#work = this.#work.then(() => {
        if (life === this.#life) this.#closed(event.code);
      });
    };
    this.#expectSound();
  }

  /** @param {number} life @param {unknown} data */
  #heard(life, data) {
    this.#parts.timers.clear(this.#silenceTimer);
    this.#silenceTimer = null;
    let frame;
    try {
      frame = parseFrame(this.#parts.seat, data);
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      this.#drop(4400);
      this.#closed(4400);
      return;
    }
    if (this.#beatTimer === null) this.#planBeat();
    if (frame.type === 'beat') return;
    const received = frame;
    this.#work = this.#work
      .then(() => this.#handle(life, received))
      .catch((error) => this.#parts.failed(error));
  }

  /** @param {number} life @param {ReceivedFrame} frame */
  async #handle(life, frame) {
    if (life !== this.#life) return;
    if (frame.type === 'welcome') {
      const join = await this.#parts.join(frame);
      if (life === this.#life) this.#joined = this.#give(join);
      return;
    }
    if (this.#state === 'opening') {
      this.#change('open', null);
    }
    // An error says that the join did not succeed, so it does not count as having come back.
    if (frame.type !== 'error') {
      this.#failures = 0;
      this.#malformed = 0;
    }
    await this.#parts.receive(frame);
  }

  /** A browser drops what is sent between the end of a socket and its close event. @param {object} frame */
  #give(frame) {
    if (this.#socket?.readyState !== OPEN) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  #planBeat() {
    this.#beatTimer = this.#parts.timers.set(() => this.#beat(), BEAT_INTERVAL_MS);
  }

  #beat() {
    this.#parts.timers.clear(this.#beatTimer);
    this.#beatTimer = null;
    if (!this.send({ type: 'beat' })) {
      this.#planBeat();
      return;
    }
    if (this.#silenceTimer === null) this.#expectSound();
  }

  #expectSound() {
    this.#silenceTimer = this.#parts.timers.set(() => {
      this.#drop(4408);
      this.#closed(4408);
    }, SILENCE_LIMIT_MS);
  }

  /** @param {number} code */
  #closed(code) {
    this.#forgetSocket();
    const reason = this.#stopReason(code);
    if (reason !== null) {
      this.#change('stopped', reason);
      return;
    }
    const delay_ms = this.#delay();
    this.#failures += 1;
    this.#returnTimer = this.#parts.timers.set(() => this.#open(), delay_ms);
    this.#change('lost', null);
  }

  /** @param {number} code @returns {StopReason | null} */
  #stopReason(code) {
    if (code === 1000 && this.#parts.endsAt1000) return 'ended';
    if (code === 4400) {
      this.#malformed += 1;
      if (this.#malformed >= MALFORMED_LIMIT) return 'broken';
    }
    return STOPS[code] ?? null;
  }

  /** Jitter keeps a hundred browsers from coming back in the same instant. */
  #delay() {
    const random = this.#parts.random();
    if (this.#failures === 0) return random * FIRST_DELAY_MS;
    const base_ms = DELAYS_MS[Math.min(this.#failures - 1, DELAYS_MS.length - 1)] ?? FIRST_DELAY_MS;
    return base_ms * (0.75 + random / 2);
  }

  /** Close the present socket without waiting for its close event. @param {number} code */
  #drop(code) {
    const socket = this.#socket;
    this.#forgetSocket();
    // 1000 and 3000–4999 are the codes a browser may give.
    if (socket !== null) socket.close(code);
  }

  #forgetSocket() {
    this.#life += 1;
    this.#joined = false;
    this.#socket = null;
    this.#clearTimers();
  }

  #clearTimers() {
    for (const timer of [this.#beatTimer, this.#silenceTimer, this.#returnTimer])
      this.#parts.timers.clear(timer);
    this.#beatTimer = null;
    this.#silenceTimer = null;
    this.#returnTimer = null;
  }

  /** @param {ConnectionState} state @param {StopReason | null} reason */
  #change(state, reason) {
    if (state === this.#state && state !== 'stopped') return;
    this.#state = state;
    this.#parts.changed(state, reason);
  }
}
