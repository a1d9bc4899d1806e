/**
 * A browser key's short name in words that two people can compare by voice: eight of a list of 1,024.
 *
 * The first 80 bits of the key id (identity.js), ten for each word. Both people's browsers make the words themselves
 * from the key, so that a server cannot show each of them what the other one sees. Knows the list only as an argument
 * (transport/word_list.js). Python makes the same words: chatservice/domain/key_words.py.
 */

import { fromBase64url } from './encoding.js';
import { keyIdOf } from './identity.js';

/** @typedef {import('./encoding.js').Bytes} Bytes */

export const LIST_LENGTH = 1024;

const WORD_COUNT = 8;
const BITS = 10;
const HEX_GROUP = /.{4}/g;

/**
 * Give the eight words of a mentor's key.
 * @param {Bytes} publicKey IK
 * @param {readonly string[]} list
 * @returns {Promise<string[]>}
 */
export async function keyWords(publicKey, list) {
  const name = fromBase64url(await keyIdOf(publicKey));
  const bits = Array.from(name, (byte) => byte.toString(2).padStart(8, '0')).join('');
  return Array.from({ length: WORD_COUNT }, (_, place) => {
    const number = Number.parseInt(bits.slice(place * BITS, (place + 1) * BITS), 2);
    return /** @type {string} */ (list[number]);
  });
}

/**
 * Give the whole of a key's short name: eight groups of four hexadecimal digits.
 * @param {Bytes} publicKey IK
 * @returns {Promise<string>}
 */
export async function fingerprint(publicKey) {
  const name = fromBase64url(await keyIdOf(publicKey));
  const digits = Array.from(name, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return (digits.match(HEX_GROUP) ?? []).join(' ');
}
