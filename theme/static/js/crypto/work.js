/**
 * The little work that the server asks of a newcomer while very many come at once: find a number below a bound.
 *
 * Its specification is "Work" in docs/protocol.md. Each try is PBKDF2 in WebCrypto, which browsers run beside the page's
 * own thread, many at a time: the page stays quick without a Worker, which our policy on Trusted Types would not start.
 * No DOM, no network.
 */

import { fromBase64url, u64 } from './encoding.js';

/** @typedef {{salt: string, target: string, ceiling: number, rounds: number}} Task salt and target as b64 */

const TRIES_AT_ONCE = 32;
const TARGET_BITS = 256;

/**
 * Find the number; null when there is none, or when it is no longer wanted.
 *
 * @param {Task} task
 * @param {() => boolean} isWanted asked between handfuls of tries
 * @returns {Promise<number | null>}
 */
export async function solved(task, isWanted) {
  const { ceiling, rounds } = task;
  const salt = fromBase64url(task.salt);
  const target = fromBase64url(task.target);
  const key = await crypto.subtle.importKey('raw', salt, 'PBKDF2', false, ['deriveBits']);
  /** @param {number} number */
  const isAnswer = async (number) => {
    const parameters = { name: 'PBKDF2', hash: 'SHA-256', salt: u64(number), iterations: rounds };
    const bytes = new Uint8Array(await crypto.subtle.deriveBits(parameters, key, TARGET_BITS));
    return bytes.every((byte, place) => byte === target[place]);
  };
  for (let start = 0; start < ceiling && isWanted(); start += TRIES_AT_ONCE) {
    const numbers = Array.from({ length: Math.min(TRIES_AT_ONCE, ceiling - start) }, (_, n) => start + n);
    const answers = await Promise.all(numbers.map(isAnswer));
    const found = answers.indexOf(true);
    if (found !== -1) return isWanted() ? start + found : null;
  }
  return null;
}
