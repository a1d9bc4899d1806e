/**
 * How a mentor's browser comes to a key and to the certificate for it.
 *
 * The key is made here once and stays; only its public half is sent. The server answers with the certificate, or says
 * that the coordinator has to compare the key with her first. It is asked each time the page opens, so that a
 * certificate near its end is renewed; without an answer the one we have is used.
 */

import { fromBase64url, fromUtf8, toBase64url } from '../crypto/encoding.js';
import { createMentorIdentity } from '../crypto/identity.js';

/** @import { Certificate } from '../crypto/certificate.js' */
/** @import { MentorIdentity } from '../crypto/identity.js' */
/** @import { KeptKey } from './key_store.js' */

/** What the service answers while the key waits for the coordinator. */
const WAITS = 202;
const ASK_EVERY_MS = 5000;

/**
 * @typedef {object} Credentials
 * @property {MentorIdentity} identity
 * @property {Certificate | null} certificate
 * @property {boolean} isWaiting whether a coordinator has to compare and sign the key before it can be used
 */
/** @typedef {{read: (account: string) => Promise<KeptKey | null>, write: (account: string, kept: KeptKey) => Promise<void>}} Keys */

/**
 * Find or make this account's key in this browser, and have it certified.
 *
 * @param {{fetch: typeof globalThis.fetch, origin: string, keys: Keys, account: string, now_ms: number}} parts
 * @returns {Promise<Credentials>}
 */
export async function credentials({ fetch, origin, keys, account, now_ms }) {
  let kept = await keys.read(account);
  if (kept === null) kept = await renewedKey(keys, account);
  let answer = await ask(fetch, origin, kept.identity);
  if (answer.status === 403) {
    // The key belongs to another account with the same name, or was withdrawn: this account needs one of its own.
    kept = await renewedKey(keys, account);
    answer = await ask(fetch, origin, kept.identity);
  }
  if (answer.certificate !== null) {
    await keys.write(account, { identity: kept.identity, certificate: answer.certificate });
    return { identity: kept.identity, certificate: answer.certificate, isWaiting: false };
  }
  const certificate = kept.certificate !== null && holds(kept.certificate, now_ms) ? kept.certificate : null;
  return { identity: kept.identity, certificate, isWaiting: certificate === null && answer.status === WAITS };
}

/**
 * Ask now and then whether the key that waits has been signed, and tell it once.
 *
 * @param {object} parts
 * @param {typeof globalThis.fetch} parts.fetch
 * @param {string} parts.origin
 * @param {string} parts.keyId
 * @param {import('./socket.js').Timers} parts.timers
 * @param {() => void} parts.ready
 */
export function awaitCertificate({ fetch, origin, keyId, timers, ready }) {
  const ask = async () => {
    if (await isCertified(fetch, origin, keyId)) ready();
    else timers.set(() => void ask(), ASK_EVERY_MS);
  };
  timers.set(() => void ask(), ASK_EVERY_MS);
}

/**
 * Say whether the session is known to be over. The handshake of a socket cannot tell a browser why it was refused.
 *
 * @param {typeof globalThis.fetch} fetch
 * @param {string} origin
 */
export async function isSignedOut(fetch, origin) {
  try {
    const answer = await fetch(`${origin}/mentor/`, {
      method: 'HEAD',
      redirect: 'manual',
      cache: 'no-store',
    });
    return answer.type === 'opaqueredirect' || answer.status === 401;
  } catch {
    return false;
  }
}

/** @param {typeof globalThis.fetch} fetch @param {string} origin @param {string} keyId */
async function isCertified(fetch, origin, keyId) {
  try {
    const answer = await fetch(`${origin}/mentor/certifikat/${keyId}`, {
      redirect: 'error',
      cache: 'no-store',
    });
    return answer.ok && (await answer.json()).certified === true;
  } catch {
    return false;
  }
}

/** @param {Keys} keys @param {string} account @returns {Promise<KeptKey>} */
async function renewedKey(keys, account) {
  const kept = { identity: await createMentorIdentity(), certificate: null };
  await keys.write(account, kept);
  return kept;
}

/**
 * @param {typeof globalThis.fetch} fetch
 * @param {string} origin
 * @param {MentorIdentity} identity
 * @returns {Promise<{status: number, certificate: Certificate | null}>} status 0: no answer
 */
async function ask(fetch, origin, identity) {
  try {
    const answer = await fetch(`${origin}/mentor/certifikat`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ key: toBase64url(identity.publicKey) }),
      redirect: 'error',
    });
    const { certificate = null } = answer.ok ? await answer.json() : {};
    return { status: answer.status, certificate };
  } catch {
    return { status: 0, certificate: null };
  }
}

/** @param {Certificate} certificate @param {number} now_ms */
function holds(certificate, now_ms) {
  try {
    const { not_after } = JSON.parse(fromUtf8(fromBase64url(certificate.body)));
    return typeof not_after === 'number' && now_ms / 1000 < not_after;
  } catch {
    return false;
  }
}
