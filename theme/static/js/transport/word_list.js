/** Fetches the list of words that keys are compared by; it stands beside this code. */

import { LIST_LENGTH } from '../crypto/key_words.js';

export const ADDRESS = new URL('../../words/key_words.json', import.meta.url);

/**
 * @param {typeof globalThis.fetch} fetch
 * @returns {Promise<readonly string[] | null>} null when it cannot be had
 */
export async function wordList(fetch) {
  try {
    const answer = await fetch(ADDRESS);
    const words = answer.ok ? await answer.json() : null;
    return Array.isArray(words) && words.length === LIST_LENGTH ? words : null;
  } catch {
    return null;
  }
}
