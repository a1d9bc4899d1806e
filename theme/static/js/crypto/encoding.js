/**
 * How things become bytes: base64url, UTF-8, big-endian numbers, and lists of parts behind their lengths.
 *
 * Knows nothing of keys. Its specification is "Building blocks" in docs/protocol.md; next: suite.js.
 */

import { EncodingError } from './errors.js';

/** @typedef {Uint8Array<ArrayBuffer>} Bytes */

const ENCODER = new TextEncoder();
const DECODER = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const CHUNK = 8192;

/**
 * Encode a text as UTF-8.
 * @param {string} text
 * @returns {Bytes}
 */
export function utf8(text) {
  return Uint8Array.from(ENCODER.encode(text));
}

/**
 * Decode UTF-8, refusing what is not.
 * @param {BufferSource} bytes
 * @returns {string}
 */
export function fromUtf8(bytes) {
  try {
    return DECODER.decode(bytes);
  } catch {
    throw new EncodingError('utf8');
  }
}

/**
 * Encode bytes as base64url without padding.
 * @param {Uint8Array | ArrayBuffer} bytes
 * @returns {string}
 */
export function toBase64url(bytes) {
  const source = new Uint8Array(bytes);
  let binary = '';
  for (let start = 0; start < source.length; start += CHUNK) {
    binary += String.fromCharCode(...source.subarray(start, start + CHUNK));
  }
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/**
 * Decode base64url without padding; refuse every other character and every second spelling of the same bytes.
 * @param {string} text
 * @param {number} [length] how many bytes it must be
 * @returns {Bytes}
 */
export function fromBase64url(text, length) {
  if (typeof text !== 'string' || !/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) {
    throw new EncodingError('base64url');
  }
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
  if (toBase64url(bytes) !== text || (length !== undefined && bytes.length !== length)) {
    throw new EncodingError('base64url');
  }
  return bytes;
}

/**
 * Write a number from 0 to 2³² − 1 as four bytes, big-endian.
 * @param {number} number
 */
export function u32(number) {
  return bigEndian(number, 4);
}

/**
 * Write a number from 0 to 2⁵³ − 1 as eight bytes, big-endian.
 * @param {number} number
 */
export function u64(number) {
  return bigEndian(number, 8);
}

/**
 * Join parts, each behind its length as u32, so that no two lists of parts give the same bytes.
 * @param {...(Uint8Array | ArrayBuffer | string)} parts texts are taken as UTF-8
 * @returns {Bytes}
 */
export function framed(...parts) {
  const pieces = [];
  for (const part of parts) {
    const bytes = typeof part === 'string' ? utf8(part) : new Uint8Array(part);
    pieces.push(u32(bytes.length), bytes);
  }
  return joined(...pieces);
}

/**
 * Join bytes as they are.
 * @param {...Uint8Array} pieces
 * @returns {Bytes}
 */
export function joined(...pieces) {
  const all = new Uint8Array(pieces.reduce((total, piece) => total + piece.length, 0));
  let offset = 0;
  for (const piece of pieces) {
    all.set(piece, offset);
    offset += piece.length;
  }
  return all;
}

/**
 * Tell whether a value from JSON is an object, and no list.
 * @param {unknown} value
 * @returns {value is Record<string, unknown>}
 */
export function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Tell whether a value from JSON is an object with exactly these names.
 * @param {unknown} value
 * @param {readonly string[]} names
 * @returns {value is Record<string, unknown>}
 */
export function hasExactly(value, names) {
  if (!isObject(value)) return false;
  const present = Object.keys(value);
  return present.length === names.length && names.every((name) => Object.hasOwn(value, name));
}

/**
 * @param {number} number
 * @param {number} size
 * @returns {Bytes}
 */
function bigEndian(number, size) {
  if (!Number.isSafeInteger(number) || number < 0 || number >= 2 ** (8 * size))
    throw new EncodingError('number');
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  if (size === 8) view.setBigUint64(0, BigInt(number));
  else view.setUint32(0, number);
  return bytes;
}
