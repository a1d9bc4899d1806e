/**
 * Sending feedback: a request of its own, without cookie, number or token, so that nothing ties it to a conversation.
 */

const ANSWER_WITHIN_MS = 10_000;

/**
 * @param {typeof globalThis.fetch} fetch
 * @param {string} origin of the service
 * @param {{face: string, line: string}} fields
 * @returns {Promise<boolean>} whether the service has heard it
 */
export async function giveFeedback(fetch, origin, fields) {
  try {
    const answer = await fetch(`${origin}/chatt/omdome/`, {
      method: 'POST',
      headers: { Accept: 'application/json' },
      body: new URLSearchParams(fields),
      cache: 'no-store',
      credentials: 'omit',
      redirect: 'error',
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    return answer.ok && (await answer.json()).thanks === true;
  } catch {
    return false;
  }
}
