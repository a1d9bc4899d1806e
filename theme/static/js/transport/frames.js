/**
 * The frames a browser receives, checked before anything else sees them.
 *
 * Knows the wire of docs/protocol.md ("Wire"): which types each seat may receive and which fields they have. A frame
 * with an unknown type, an unknown or missing field, or a value of the wrong shape is refused as a whole. Knows
 * nothing about what the frames lead to; see conversation/.
 */

import { COORDINATOR_LINE, MENTOR_LINE } from './line_frames.js';

/** @import { CountsFrame, LineFrame, LinePageFrame } from './line_frames.js' */

export const VERSION = 'stodchatt/1';
export const FRAME_LIMIT = 65_536;
/** What a server may ask of a newcomer's browser at most: about a minute on an old phone. */
const MOST_TRIES = 100_000;
const MOST_ROUNDS = 1_000;

/** @typedef {'waiting' | 'offered' | 'talking' | 'away'} Phase */
/** @typedef {'off' | 'on' | 'paused'} DutyState */
/** @typedef {{type: 'welcome', version: string, challenge?: string, incarnation: string}} WelcomeFrame */
/** @typedef {{type: 'joined', conversation: string, share: string, have: number, epoch: number, new: boolean}} JoinedFrame */
/**
 * @typedef {object} PhaseFrame
 * @property {'phase'} type
 * @property {Phase} phase
 * @property {number | null} [place]
 * @property {string | null} mentor
 * @property {number} epoch
 * @property {string | null} next the colleague who is asked to take over
 * @property {[number, number] | null} [wait_min] the usual wait, in minutes, while it is known
 */
/** @typedef {{type: 'work', salt: string, target: string, ceiling: number, rounds: number}} WorkFrame */
/** @typedef {{type: 'ticket', ticket: string}} TicketFrame */
/**
 * @typedef {object} EnvelopeFrame
 * @property {'envelope'} type
 * @property {number} position
 * @property {string} sender
 * @property {number} sequence
 * @property {number} epoch
 * @property {'message' | 'offer' | 'grant'} kind
 * @property {string} body
 */
/** @typedef {{type: 'posted', sequence: number}} PostedFrame */
/** @typedef {{type: 'delivered', through: number}} DeliveredFrame */
/** @typedef {{type: 'peer', present: boolean, typing: boolean, visible: boolean, since_s: number}} PeerFrame */
/** @typedef {{type: 'ended', by: 'visitor' | 'mentor' | 'silence' | 'declined' | 'another' | 'handover'}} EndedFrame */
/** @typedef {{type: 'error', code: string, detail: Record<string, unknown>}} ErrorFrame */
/** @typedef {{type: 'restarting'}} RestartingFrame */
/** @typedef {{type: 'beat'}} BeatFrame */
/**
 * @typedef {object} ReadyFrame
 * @property {'ready'} type
 * @property {string} account_alias
 * @property {DutyState} state
 * @property {string[]} missing
 * @property {number} since_s for how long she has been on duty without a pause
 * @property {string | null} conversation
 */
/** @typedef {{type: 'duty', state: DutyState, missing: string[], since_s: number}} DutyFrame */
/** @typedef {{type: 'queue', waiting: number[], count: number}} QueueFrame */
/** @typedef {{key: string, alias: string}} Colleague */
/** @typedef {{type: 'colleagues', colleagues: Colleague[]}} ColleaguesFrame */
/** @typedef {{type: 'asked', conversation: string, epoch: number, by: string}} AskedFrame */
/** @typedef {{type: 'unasked', conversation: string}} UnaskedFrame */
/** @typedef {{type: 'blocked', label: string | null}} BlockedFrame */
/** @typedef {{type: 'unblocked', label: string}} UnblockedFrame */
/** @typedef {{type: 'taken', conversation: string, epoch: number, have: number, since_s: number}} TakenFrame */
/**
 * @typedef {WelcomeFrame | WorkFrame | JoinedFrame | PhaseFrame | TicketFrame | EnvelopeFrame | PostedFrame | DeliveredFrame
 *   | PeerFrame | EndedFrame | ErrorFrame | RestartingFrame | BeatFrame | ReadyFrame | DutyFrame | QueueFrame
 *   | TakenFrame | BlockedFrame | UnblockedFrame | ColleaguesFrame | AskedFrame | UnaskedFrame | LineFrame | LinePageFrame | CountsFrame} ReceivedFrame
 */
/** @typedef {(value: unknown) => boolean} Check */

/** A frame that is not one of ours. */
export class FrameError extends Error {
  /** @param {string} message */
  constructor(message) {
    super(message);
    this.name = 'FrameError';
  }
}

/** @type {Check} */
const isCount = (value) => Number.isSafeInteger(value) && /** @type {number} */ (value) >= 0;
/** @type {Check} */
const isEpoch = (value) => isCount(value) && /** @type {number} */ (value) < 2 ** 32;
/** Epoch 0 is the waiting epoch, which nobody offers for. @type {Check} */
const isOpenEpoch = (value) => isEpoch(value) && value !== 0;
/** @type {Check} */
const isBoolean = (value) => typeof value === 'boolean';
/** @type {Check} */
const isDetail = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/** @param {RegExp} pattern @returns {Check} */
const matches = (pattern) => (value) => typeof value === 'string' && pattern.test(value);
/** @param {number} most @returns {Check} */
const isText = (most) => (value) => typeof value === 'string' && value.length >= 1 && value.length <= most;
/** @param {...string} words @returns {Check} */
const oneOf =
  (...words) =>
  (value) =>
    typeof value === 'string' && words.includes(value);
/** @param {Check} check @returns {Check} */
const orNull = (check) => (value) => value === null || check(value);
/** @param {Check} check @param {number} most @returns {Check} */
const listOf = (check, most) => (value) =>
  Array.isArray(value) && value.length <= most && value.every((item) => check(item));

/** @type {Check} */
const isPosition = (value) => isCount(value) && /** @type {number} */ (value) >= 1;
/** Two numbers, from and to. @type {Check} */
const isRange = (value) => Array.isArray(value) && value.length === 2 && value.every(isCount);
/** From 1 to `most`. @param {number} most @returns {Check} */
const isUpTo = (most) => (value) => isPosition(value) && /** @type {number} */ (value) <= most;
const isThirtyTwoBytes = matches(/^[A-Za-z0-9_-]{43}$/);
/** A mentor key id, or a salt. */
const isSixteenBytes = matches(/^[A-Za-z0-9_-]{22}$/);
const isKeyId = matches(/^[A-Za-z0-9_-]{22}$/);
const isSender = matches(/^(?:visitor|mentor:[A-Za-z0-9_-]{22})$/);
const isIncarnation = matches(/^[\x21-\x7e]{1,64}$/);
const isTicket = matches(/^[\x21-\x7e]{1,2048}$/);
const isBlockLabel = matches(/^[A-Z2-9]{4}$/);
const isCode = matches(/^[a-z_]{1,64}$/);
const isBody = isText(24_576);
const isAlias = isText(200);
/** @type {Check} */
const isColleague = (value) =>
  isDetail(value) &&
  hasShape(/** @type {Record<string, unknown>} */ (value), { key: isKeyId, alias: isAlias });
const isDutyState = oneOf('off', 'on', 'paused');

/** What both seats of a conversation may receive. @satisfies {Record<string, Record<string, Check>>} */
const COMMON = {
  ticket: { ticket: isTicket },
  envelope: {
    position: isPosition,
    sender: isSender,
    sequence: isCount,
    epoch: isEpoch,
    kind: oneOf('message', 'offer', 'grant'),
    body: isBody,
  },
  posted: { sequence: isCount },
  delivered: { through: isCount },
  peer: { present: isBoolean, typing: isBoolean, visible: isBoolean, since_s: isCount },
  error: { code: isCode, detail: isDetail },
  restarting: {},
  beat: {},
};

const WELCOME = { version: oneOf(VERSION), incarnation: isIncarnation };

const PHASE = {
  phase: oneOf('waiting', 'offered', 'talking', 'away'),
  mentor: orNull(isKeyId),
  epoch: isEpoch,
  next: orNull(isKeyId),
};

/** @typedef {'visitor' | 'mentor' | 'coordinator'} SeatName whose frames these are */

/** @type {Record<SeatName, Record<string, Record<string, Check>>>} */
const SHAPES = {
  visitor: {
    ...COMMON,
    welcome: { version: oneOf(VERSION), challenge: isThirtyTwoBytes, incarnation: isIncarnation },
    work: {
      salt: isSixteenBytes,
      target: isThirtyTwoBytes,
      ceiling: isUpTo(MOST_TRIES),
      rounds: isUpTo(MOST_ROUNDS),
    },
    joined: {
      conversation: isThirtyTwoBytes,
      share: isThirtyTwoBytes,
      have: isCount,
      epoch: isEpoch,
      new: isBoolean,
    },
    phase: { ...PHASE, place: orNull(isPosition), wait_min: orNull(isRange) },
    ended: { by: oneOf('visitor', 'mentor', 'silence') },
  },
  mentor: {
    ...COMMON,
    welcome: WELCOME,
    ready: {
      account_alias: isAlias,
      state: isDutyState,
      missing: listOf(isCode, 50),
      since_s: isCount,
      conversation: orNull(isThirtyTwoBytes),
    },
    duty: { state: isDutyState, missing: listOf(isCode, 50), since_s: isCount },
    queue: { waiting: listOf(isCount, 50), count: isCount },
    blocked: { label: orNull(isBlockLabel) },
    unblocked: { label: isBlockLabel },
    taken: { conversation: isThirtyTwoBytes, epoch: isOpenEpoch, have: isCount, since_s: isCount },
    phase: PHASE,
    ended: { by: oneOf('visitor', 'mentor', 'silence', 'declined', 'another', 'handover') },
    colleagues: { colleagues: listOf(isColleague, 200) },
    asked: {
      conversation: isThirtyTwoBytes,
      epoch: isOpenEpoch,
      by: (value) => value === '' || isAlias(value),
    },
    unasked: { conversation: isThirtyTwoBytes },
    ...MENTOR_LINE,
  },
  coordinator: {
    welcome: WELCOME,
    error: COMMON.error,
    restarting: COMMON.restarting,
    beat: COMMON.beat,
    ...COORDINATOR_LINE,
  },
};

/**
 * Parse one text frame for a seat.
 *
 * @param {SeatName} seat
 * @param {unknown} text
 * @returns {ReceivedFrame}
 * @throws {FrameError} when it is not exactly a frame this seat may receive
 */
export function parseFrame(seat, text) {
  if (typeof text !== 'string') throw new FrameError('not a text frame');
  if (text.length > FRAME_LIMIT) throw new FrameError('frame too large');
  const value = readJson(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new FrameError('not an object');
  const frame = /** @type {Record<string, unknown>} */ (value);
  const { type, ...fields } = frame;
  if (typeof type !== 'string' || !Object.hasOwn(SHAPES[seat], type)) throw new FrameError('unknown type');
  const shape = /** @type {Record<string, Check>} */ (SHAPES[seat][type]);
  for (const name of Object.keys(fields)) {
    if (!Object.hasOwn(shape, name)) throw new FrameError(`unknown field in ${type}`);
  }
  for (const [name, check] of Object.entries(shape)) {
    if (!Object.hasOwn(fields, name) || !check(fields[name]))
      throw new FrameError(`wrong ${name} in ${type}`);
  }
  return /** @type {ReceivedFrame} */ (/** @type {unknown} */ (frame));
}

/** @param {Record<string, unknown>} value @param {Record<string, Check>} shape */
function hasShape(value, shape) {
  const names = Object.keys(shape);
  return Object.keys(value).length === names.length && names.every((name) => shape[name]?.(value[name]));
}

/** @param {string} text @returns {unknown} */
function readJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    throw new FrameError('not JSON');
  }
}
