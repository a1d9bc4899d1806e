/**
 * What the inbox asks the service: the sealed letters and lines, and that a letter is erased. No key and no text is in
 * either request.
 */

import { fromBase64url } from '../crypto/encoding.js';

/** @import { SealedLetter, SealedLine } from '../crypto/letters.js' */

const ANSWER_WITHIN_MS = 30_000;

/**
 * @param {typeof globalThis.fetch} fetch
 * @param {string} address
 * @returns {Promise<{letters: SealedLetter[], lines: SealedLine[]}>}
 * @throws when the service does not answer, or leads to the sign-in page
 */
export async function fetchSealed(fetch, address) {
  const answer = await fetch(address, {
    headers: { Accept: 'application/json' },
    cache: 'no-store',
    redirect: 'error',
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  });
  const { letters, lines } = await answer.json();
  return { letters: letters.map(withBytes), lines: lines.map(withBytes) };
}

/**
 * Erase the letter that a form names.
 *
 * @param {typeof globalThis.fetch} fetch
 * @param {HTMLFormElement} form
 * @returns {Promise<boolean>} whether it is gone; also when somebody else was first
 */
export async function eraseLetter(fetch, form) {
  const fields = new URLSearchParams();
  for (const [name, value] of new FormData(form)) fields.append(name, String(value));
  try {
    const answer = await fetch(form.action, {
      method: 'POST',
      body: fields,
      cache: 'no-store',
      redirect: 'manual',
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    return answer.type === 'opaqueredirect' || answer.status === 404;
  } catch {
    return false;
  }
}

/** @param {any} item */
function withBytes(item) {
  return { ...item, sealed: fromBase64url(item.sealed) };
}
