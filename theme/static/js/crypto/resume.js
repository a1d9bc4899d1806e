/**
 * What a reload needs, sealed so that it opens only with both halves: r in this browser, the share in the server's memory.
 *
 * When the server has forgotten its half, what the browser left on disk can never be read. Step 9 of the protocol.
 */

import { framed, fromBase64url, fromUtf8, toBase64url, utf8 } from './encoding.js';
import { SealingError } from './errors.js';
import { derived, opened, SECRET_BYTES, SUITE, sealed, sealingKey } from './suite.js';

/** @typedef {import('./encoding.js').Bytes} Bytes */

/**
 * Seal the state of a page.
 * @param {{r: Bytes, share: string, state: unknown}} given share b64 from `joined`; state must survive JSON
 * @returns {Promise<string>}
 */
export async function sealState({ r, share, state }) {
  return toBase64url(await sealed(await resumeKey(r, share), utf8(JSON.stringify(state))));
}

/**
 * Open the state of a page.
 * @param {{r: Bytes, share: string, blob: string}} given
 * @returns {Promise<any>} what was sealed
 * @throws {SealingError} unreadable, when a half is another
 */
export async function openState({ r, share, blob }) {
  const plaintext = await opened(await resumeKey(r, share), fromBase64url(blob));
  if (plaintext === null) throw new SealingError('unreadable');
  return JSON.parse(fromUtf8(plaintext));
}

/**
 * @param {Bytes} r
 * @param {string} share
 */
async function resumeKey(r, share) {
  const secret = framed(r, fromBase64url(share, SECRET_BYTES));
  return sealingKey(await derived(secret, null, `${SUITE} resume`));
}
