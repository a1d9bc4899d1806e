/**
 * Passkeys between the service and the device: options as JSON in, the device's answer as JSON out (WebAuthn, level 3).
 *
 * The conversion is written out, because browsers of a few years ago have passkeys without it. Knows no page.
 */

import { fromBase64url, toBase64url } from '../crypto/encoding.js';

const ANSWER_WITHIN_MS = 15_000;

/** The service refused, or led elsewhere: the form must go the ordinary way, or the words of the page be said. */
export class RefusedError extends Error {}

/**
 * Ask the service with a small request; give its JSON.
 *
 * @param {typeof globalThis.fetch} fetch
 * @param {string} address
 * @param {BodyInit} [body]
 * @returns {Promise<any>}
 */
export async function ask(fetch, address, body) {
  const answer = await fetch(address, {
    method: 'POST',
    headers: { Accept: 'application/json' },
    cache: 'no-store',
    redirect: 'manual',
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    ...(body === undefined ? {} : { body }),
  });
  if (!answer.ok) throw new RefusedError(String(answer.status));
  return answer.json();
}

/**
 * Let the device use a passkey it has.
 *
 * @param {CredentialsContainer} credentials
 * @param {any} options as the service gave them
 * @returns {Promise<string>} the answer as JSON
 */
export async function usePasskey(credentials, options) {
  const publicKey = { ...options, challenge: fromBase64url(options.challenge), allowCredentials: [] };
  const made = /** @type {PublicKeyCredential} */ (await credentials.get({ publicKey }));
  const response = /** @type {AuthenticatorAssertionResponse} */ (made.response);
  return spelled(made, {
    authenticatorData: toBase64url(response.authenticatorData),
    signature: toBase64url(response.signature),
    ...(response.userHandle ? { userHandle: toBase64url(response.userHandle) } : {}),
  });
}

/**
 * Let the device make a passkey.
 *
 * @param {CredentialsContainer} credentials
 * @param {any} options as the service gave them
 * @returns {Promise<string>} the answer as JSON
 */
export async function makePasskey(credentials, options) {
  const publicKey = {
    ...options,
    challenge: fromBase64url(options.challenge),
    user: { ...options.user, id: fromBase64url(options.user.id) },
    excludeCredentials: options.excludeCredentials.map((/** @type {{id: string}} */ known) => ({
      ...known,
      id: fromBase64url(known.id),
    })),
  };
  const made = /** @type {PublicKeyCredential} */ (await credentials.create({ publicKey }));
  const response = /** @type {AuthenticatorAttestationResponse} */ (made.response);
  return spelled(made, { attestationObject: toBase64url(response.attestationObject) });
}

/**
 * @param {PublicKeyCredential} made
 * @param {Record<string, string>} response
 */
function spelled(made, response) {
  return JSON.stringify({
    id: made.id,
    rawId: toBase64url(made.rawId),
    type: made.type,
    response: { clientDataJSON: toBase64url(made.response.clientDataJSON), ...response },
  });
}
