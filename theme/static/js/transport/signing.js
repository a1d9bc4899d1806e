/** Sends a signed certificate to the service: its body and its signature, and nothing else of what made it. */

/** @import { Certificate } from '../crypto/certificate.js' */

/**
 * @typedef {{until_s: number} | {refused: string}} Answer until when it holds (Unix seconds), or why it was not kept:
 * a code of web/keys.py, "signed_out" or "not_sent"
 */

/**
 * @param {typeof globalThis.fetch} fetch
 * @param {string} origin
 * @param {string} keyId
 * @param {Certificate} certificate
 * @returns {Promise<Answer>}
 */
export async function sendCertificate(fetch, origin, keyId, { body, signature }) {
  try {
    const answer = await fetch(`${origin}/samordnare/nycklar/${keyId}/certifikat`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ body, signature }),
      redirect: 'error',
    });
    if (answer.status === 401 || answer.status === 403) return { refused: 'signed_out' };
    const told = await answer.json();
    if (answer.ok) return { until_s: told.until_s };
    return { refused: typeof told.error === 'string' ? told.error : 'other' };
  } catch {
    return { refused: 'not_sent' };
  }
}
