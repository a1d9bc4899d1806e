/**
 * Asking the service whether the chat is open. The answer's words are the server's; no clock here is asked.
 */

/** @import { Timers } from './socket.js' */

/** @typedef {{open: boolean, reason: string, detail: string}} Opening */

const ANSWER_WITHIN_MS = 5_000;
const ASK_EVERY_MS = 8_000;

/**
 * @param {typeof globalThis.fetch} fetch
 * @param {string} origin
 * @param {string} language of the page
 * @returns {Promise<Opening | null>} null when there is no answer that makes sense
 */
export async function askOpening(fetch, origin, language) {
  try {
    const answer = await fetch(`${origin}${statusAddress(language)}`, {
      cache: 'no-store',
      credentials: 'omit',
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    const { open, reason, detail } = await answer.json();
    if (!answer.ok || typeof open !== 'boolean') return null;
    return { open, reason: String(reason), detail: String(detail ?? '') };
  } catch {
    return null;
  }
}

/** Where the answer is given in a language; the service speaks Swedish unless asked. @param {string} language */
function statusAddress(language) {
  return language === 'sv' ? '/chatt/status' : `/chatt/status?language=${language}`;
}

/**
 * Ask now and every eight seconds, until told to stop.
 *
 * @param {() => Promise<Opening | null>} ask
 * @param {Timers} timers
 * @param {(opening: Opening | null) => void} told
 * @returns {() => void} stops
 */
export function watchOpening(ask, timers, told) {
  let isWanted = true;
  /** @type {unknown} */
  let timer = null;
  const round = async () => {
    const opening = await ask();
    if (!isWanted) return;
    told(opening);
    timer = timers.set(() => void round(), ASK_EVERY_MS);
  };
  void round();
  return () => {
    isWanted = false;
    timers.clear(timer);
  };
}
