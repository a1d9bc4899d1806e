/**
 * A strict reader of the little DER that key files are written in: tags of one byte, definite and shortest lengths.
 *
 * Knows no meaning of what it reads. Next: key_file.js.
 */

import { EncodingError } from './errors.js';

/** @typedef {import('./encoding.js').Bytes} Bytes */

export const INTEGER = 0x02;
export const OCTETS = 0x04;
export const NULL = 0x05;
export const OBJECT = 0x06;
export const SEQUENCE = 0x30;

const LONG_FORM = 0x80;
const MOST_LENGTH_BYTES = 2;
const MOST_NUMBER_BYTES = 4;

export class DerReader {
  #bytes;
  #at = 0;

  /** @param {Bytes} bytes */
  constructor(bytes) {
    this.#bytes = bytes;
  }

  get isAtEnd() {
    return this.#at === this.#bytes.length;
  }

  /**
   * Read the content of the next value, which must have this tag.
   * @param {number} tag
   * @returns {Bytes} a copy
   * @throws {EncodingError}
   */
  content(tag) {
    if (this.#bytes[this.#at] !== tag) throw new EncodingError('der');
    this.#at += 1;
    const length = this.#length();
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new EncodingError('der');
    const content = this.#bytes.slice(this.#at, end);
    this.#at = end;
    return content;
  }

  /** Read the next value, which must be a list of values. */
  list() {
    return new DerReader(this.content(SEQUENCE));
  }

  /** Read the next value, which must be a number from 0 to 2³¹ − 1. */
  number() {
    const content = this.content(INTEGER);
    const [first = LONG_FORM, second = LONG_FORM] = content;
    const isShortest = first !== 0 || content.length === 1 || second >= LONG_FORM;
    if (content.length > MOST_NUMBER_BYTES || first >= LONG_FORM || !isShortest)
      throw new EncodingError('der');
    return content.reduce((number, byte) => number * 256 + byte, 0);
  }

  /** Read the next value, which must name an object: its bytes in hexadecimal digits. */
  object() {
    return Array.from(this.content(OBJECT), (byte) => byte.toString(16).padStart(2, '0')).join('');
  }

  /** Refuse anything that is left. */
  end() {
    if (!this.isAtEnd) throw new EncodingError('der');
  }

  #length() {
    const first = this.#byte();
    if (first < LONG_FORM) return first;
    const count = first - LONG_FORM;
    if (count < 1 || count > MOST_LENGTH_BYTES) throw new EncodingError('der');
    let length = 0;
    for (let index = 0; index < count; index += 1) length = length * 256 + this.#byte();
    const isShortest = length >= LONG_FORM && length >= 256 ** (count - 1);
    if (!isShortest) throw new EncodingError('der');
    return length;
  }

  #byte() {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw new EncodingError('der');
    this.#at += 1;
    return byte;
  }
}
