/**
 * Messages: what people write, padded, sealed under a key for (epoch, sender), bound to its place. Step 5 of the protocol.
 *
 * Knows no order and no outbox: who calls says which number is next. Next: resume.js.
 */

import {
  framed,
  fromBase64url,
  fromUtf8,
  hasExactly,
  isObject,
  toBase64url,
  u32,
  u64,
  utf8,
} from './encoding.js';
import { MessageError } from './errors.js';
import { LONGEST_ALIAS, LONGEST_TEXT } from './lengths.js';
import { derived, opened, randomBytes, SECRET_BYTES, SUITE, sealed, sealingKey } from './suite.js';

/** @typedef {import('./encoding.js').Bytes} Bytes */
/** @typedef {{type: 'text', text: string, seen: number}} TextContent */
/** @typedef {{type: 'end', counts: Record<string, number>, seen: number}} EndContent */
/** @typedef {'before' | 'during' | 'after' | ''} When */
/** @typedef {'home' | 'area' | 'veteran' | ''} Where */
/** @typedef {{type: 'about', alias: string, when: When, where: Where, seen: number}} AboutContent the visitor only */
/** @typedef {{type: 'retract', sequence: number, seen: number}} RetractContent takes an own earlier text back */
/** @typedef {{type: 'card', title: string, text: string, link: string, seen: number}} CardContent a mentor only */
/** @typedef {{type: 'handover', key: string, alias: string, seen: number}} HandoverContent a mentor only: who could take over */
/** @typedef {{type: 'answer', answer: 'all' | 'new' | 'no', seen: number}} AnswerContent the visitor only, to a `handover` */
/**
 * @typedef {TextContent | EndContent | AboutContent | RetractContent | CardContent | HandoverContent
 *   | AnswerContent} Content
 */
/** @typedef {(value: unknown) => boolean} Check */

/** What only one of the two may say; the rest is for both. @type {Record<string, 'visitor' | 'mentor'>} */
const ONLY = { about: 'visitor', answer: 'visitor', card: 'mentor', handover: 'mentor' };

const SIZES = [256, 1024, 4096, 16_384];
const MARK = 0x80;
const KEY_ID = /^[A-Za-z0-9_-]{22}$/;
const SENDER = /^(visitor|mentor:[A-Za-z0-9_-]{22})$/;
/** No user, no port, nothing but a page or a number to call: the link is what it looks like. */
const LINK = /^(?:https:\/\/[a-z0-9.-]{1,200}(?:\/[\x21-\x7e]{0,200})?|tel:\+?[0-9-]{2,20})?$/;

/** @param {number} longest @param {number} [shortest] @returns {Check} */
const isText =
  (longest, shortest = 0) =>
  (value) =>
    typeof value === 'string' && [...value].length >= shortest && [...value].length <= longest;
/** @param {string[]} words @returns {Check} */
const isOneOf = (words) => (value) => typeof value === 'string' && words.includes(value);

/** What each content has besides `type` and `seen`. @type {Record<string, Record<string, Check>>} */
const SHAPES = {
  text: { text: isText(Number.POSITIVE_INFINITY) },
  end: { counts: isCounts },
  about: {
    alias: isText(LONGEST_ALIAS),
    when: isOneOf(['before', 'during', 'after', '']),
    where: isOneOf(['home', 'area', 'veteran', '']),
  },
  retract: { sequence: isCount },
  card: {
    title: isText(100, 1),
    text: isText(500),
    link: (value) => typeof value === 'string' && LINK.test(value),
  },
  handover: { key: (value) => typeof value === 'string' && KEY_ID.test(value), alias: isText(100, 1) },
  answer: { answer: isOneOf(['all', 'new', 'no']) },
};

/** Make the root of an epoch. */
export function newRoot() {
  return toBase64url(randomBytes(SECRET_BYTES));
}

/**
 * Pad to the smallest size that is larger, so that the length tells little: 0x80, then zeros.
 * @param {Bytes} bytes
 * @returns {Bytes}
 * @throws {MessageError} too_long
 */
export function pad(bytes) {
  const size = SIZES.find((each) => each > bytes.length);
  if (size === undefined) throw new MessageError('too_long');
  const padded = new Uint8Array(size);
  padded.set(bytes);
  padded[bytes.length] = MARK;
  return padded;
}

/**
 * Take the padding off.
 * @param {Bytes} padded
 * @returns {Bytes}
 * @throws {MessageError} malformed, also when `pad` would have chosen another size
 */
export function unpad(padded) {
  const length = padded.lastIndexOf(MARK);
  const isClean = length >= 0 && padded.subarray(length + 1).every((byte) => byte === 0);
  if (!isClean || SIZES.find((each) => each > length) !== padded.length) throw new MessageError('malformed');
  return padded.slice(0, length);
}

/**
 * Derive the key of one sender in one epoch.
 * @param {{root: string, conversation: string, epoch: number, sender: string}} given
 * @returns {Promise<Bytes>}
 */
export function messageSecret({ root, conversation, epoch, sender }) {
  const id = fromBase64url(conversation, SECRET_BYTES);
  return derived(fromBase64url(root, SECRET_BYTES), id, `${SUITE} message`, u32(epoch), sender);
}

/**
 * Give the place of a message, which is authenticated with it.
 * @param {{conversation: string, epoch: number, sender: string, sequence: number}} place
 * @returns {Bytes}
 */
export function envelopeContext({ conversation, epoch, sender, sequence }) {
  const id = fromBase64url(conversation, SECRET_BYTES);
  return framed(`${SUITE} envelope`, id, u32(epoch), sender, u64(sequence));
}

/** The message keys of one conversation, made from the roots that this side holds. */
export class MessageKeys {
  #conversation;
  /** @type {Map<number, string>} */
  #roots = new Map();
  /** @type {Map<string, Promise<CryptoKey>>} */
  #keys = new Map();

  /** @param {{conversation: string}} given */
  constructor({ conversation }) {
    this.#conversation = conversation;
  }

  /**
   * Take in the root of an epoch. An epoch has one root for its whole life.
   * @param {number} epoch
   * @param {string} root b64
   * @throws {MessageError | import('./errors.js').EncodingError} other_root
   */
  addRoot(epoch, root) {
    if ((this.#roots.get(epoch) ?? root) !== root) throw new MessageError('other_root');
    fromBase64url(root, SECRET_BYTES);
    this.#roots.set(epoch, root);
  }

  /**
   * Tell whether messages of this epoch can be read.
   * @param {number} epoch
   */
  has(epoch) {
    return this.#roots.has(epoch);
  }

  /** Let go of every key. */
  forget() {
    this.#roots.clear();
    this.#keys.clear();
  }

  /**
   * Seal a message for its place.
   * @param {{epoch: number, sender: string, sequence: number, content: Content}} message
   * @returns {Promise<string>} the body of a `message` envelope
   * @throws {MessageError} no_key, malformed, too_long
   */
  async seal({ epoch, sender, sequence, content }) {
    const plaintext = pad(utf8(JSON.stringify(checkContent(content, sender))));
    const key = await this.#key(epoch, sender);
    const context = envelopeContext({ conversation: this.#conversation, epoch, sender, sequence });
    return toBase64url(await sealed(key, plaintext, context));
  }

  /**
   * Open a message in its place.
   * @param {{epoch: number, sender: string, sequence: number, body: string}} envelope
   * @returns {Promise<Content>}
   * @throws {MessageError} no_key, unreadable, malformed
   */
  async open({ epoch, sender, sequence, body }) {
    const key = await this.#key(epoch, sender);
    const context = envelopeContext({ conversation: this.#conversation, epoch, sender, sequence });
    const plaintext = await opened(key, bodyBytes(body), context);
    if (plaintext === null) throw new MessageError('unreadable');
    const json = unpad(plaintext);
    try {
      return checkContent(JSON.parse(fromUtf8(json)), sender);
    } catch {
      throw new MessageError('malformed');
    }
  }

  /**
   * @param {number} epoch
   * @param {string} sender
   * @returns {Promise<CryptoKey>}
   */
  #key(epoch, sender) {
    const root = this.#roots.get(epoch);
    if (root === undefined) return Promise.reject(new MessageError('no_key'));
    const name = `${epoch} ${sender}`;
    let key = this.#keys.get(name);
    if (key === undefined) {
      key = messageSecret({ root, conversation: this.#conversation, epoch, sender }).then(sealingKey);
      this.#keys.set(name, key);
    }
    return key;
  }
}

/** @param {string} body */
function bodyBytes(body) {
  try {
    return fromBase64url(body);
  } catch {
    throw new MessageError('malformed');
  }
}

/**
 * @param {unknown} content
 * @param {string} sender who says it: only a visitor tells about herself, and only a mentor refers or hands over
 * @returns {Content}
 */
function checkContent(content, sender) {
  const type = isObject(content) && typeof content.type === 'string' ? content.type : '';
  const shape = Object.hasOwn(SHAPES, type) ? SHAPES[type] : undefined;
  if (shape === undefined || !hasExactly(content, ['type', ...Object.keys(shape), 'seen']))
    throw new MessageError('malformed');
  const isGood = Object.entries(shape).every(([name, check]) => check(content[name]));
  const only = ONLY[type];
  const isAllowed = only === undefined || (only === 'visitor') === (sender === 'visitor');
  if (!isGood || !isCount(content.seen) || !isAllowed) throw new MessageError('malformed');
  const good = /** @type {Content} */ (/** @type {unknown} */ (content));
  if (good.type === 'text' && [...good.text].length > LONGEST_TEXT) throw new MessageError('too_long');
  return good;
}

/**
 * @param {unknown} value
 * @returns {value is Record<string, number>}
 */
function isCounts(value) {
  if (!isObject(value)) return false;
  return Object.entries(value).every(([sender, count]) => SENDER.test(sender) && isCount(count));
}

/**
 * @param {unknown} value
 * @returns {value is number}
 */
function isCount(value) {
  return Number.isSafeInteger(value) && /** @type {number} */ (value) >= 0;
}
