/**
 * The certificate by which an organisation says: this key belongs to the mentor of this name.
 *
 * Knows the pinned organisation keys and the deny-list only as arguments; both stand in the static page. Next: offer.js.
 */

import { fromBase64url, fromUtf8, hasExactly } from './encoding.js';
import { CertificateError } from './errors.js';
import { keyIdOf } from './identity.js';
import { isPublicKey, isSigned, publicKeyFrom, SUITE, signatureFrom } from './suite.js';

export { CertificateError };

/** @typedef {import('./encoding.js').Bytes} Bytes */

/**
 * @typedef {object} Certificate as it travels
 * @property {string} body b64 of UTF-8 JSON
 * @property {string} signature b64
 */

/**
 * @typedef {object} CertificateFacts
 * @property {string} alias
 * @property {Bytes} key IK
 * @property {string} keyId
 * @property {number} notBefore Unix seconds
 * @property {number} notAfter Unix seconds
 */

const DAY_S = 86_400;
const LONGEST_LIFE_S = 30 * DAY_S;
const CLOCK_ERROR_S = DAY_S;
const LONGEST_ALIAS = 100;
const FIELDS = ['version', 'alias', 'key', 'not_before', 'not_after'];

/**
 * Check a certificate: pin, form, life, dates, deny-list, in this order.
 * @param {object} given
 * @param {readonly string[]} given.pins b64 public keys of the organisation
 * @param {readonly string[]} given.denied mentor key ids
 * @param {Certificate} given.certificate
 * @param {number} given.nowS Unix seconds
 * @returns {Promise<CertificateFacts>}
 * @throws {CertificateError}
 */
export async function verifyCertificate({ pins, denied, certificate, nowS }) {
  const body = certificateBody(certificate);
  if (!(await isSignedByAny(pins, certificate, body))) throw new CertificateError('unpinned');
  const facts = await readBody(body);
  if (facts.notAfter - facts.notBefore > LONGEST_LIFE_S) throw new CertificateError('too_long');
  if (nowS < facts.notBefore - CLOCK_ERROR_S) throw new CertificateError('not_yet');
  if (nowS >= facts.notAfter + CLOCK_ERROR_S) throw new CertificateError('expired');
  if (denied.includes(facts.keyId)) throw new CertificateError('denied');
  return facts;
}

/**
 * Give the signed bytes of a certificate, unchecked.
 * @param {Certificate} certificate
 * @returns {Bytes}
 * @throws {CertificateError}
 */
export function certificateBody(certificate) {
  if (!hasExactly(certificate, ['body', 'signature'])) throw new CertificateError('malformed');
  try {
    return fromBase64url(certificate.body);
  } catch {
    throw new CertificateError('malformed');
  }
}

/**
 * Tell whether one of the pinned keys has signed.
 * @param {readonly string[]} pins
 * @param {Certificate} certificate
 * @param {Bytes} body
 */
async function isSignedByAny(pins, certificate, body) {
  let signature;
  try {
    signature = signatureFrom(certificate.signature);
  } catch {
    throw new CertificateError('malformed');
  }
  for (const pin of pins) {
    if (await isSigned(publicKeyFrom(pin), signature, `${SUITE} certificate`, body)) return true;
  }
  return false;
}

/**
 * @param {Bytes} body
 * @returns {Promise<CertificateFacts>}
 */
async function readBody(body) {
  try {
    const fields = JSON.parse(fromUtf8(body));
    if (!hasExactly(fields, FIELDS) || fields.version !== 1) throw new CertificateError('malformed');
    const { alias, not_before: notBefore, not_after: notAfter } = fields;
    const key = publicKeyFrom(fields.key);
    if (
      !isAlias(alias) ||
      !isTime(notBefore) ||
      !isTime(notAfter) ||
      notBefore >= notAfter ||
      !(await isPublicKey(key))
    ) {
      throw new CertificateError('malformed');
    }
    return { alias, key, keyId: await keyIdOf(key), notBefore, notAfter };
  } catch {
    throw new CertificateError('malformed');
  }
}

/**
 * @param {unknown} value
 * @returns {value is string}
 */
function isAlias(value) {
  return typeof value === 'string' && value.trim() !== '' && [...value].length <= LONGEST_ALIAS;
}

/**
 * @param {unknown} value
 * @returns {value is number}
 */
function isTime(value) {
  return Number.isSafeInteger(value) && /** @type {number} */ (value) >= 0;
}
