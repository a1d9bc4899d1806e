/**
 * The offer: a certified mentor's fresh key for one conversation and one epoch. Step 3 of the protocol.
 *
 * The mentor makes it, the visitor checks it before anything is granted. Next: grant.js.
 */

import { certificateBody, verifyCertificate } from './certificate.js';
import { fromBase64url, hasExactly, toBase64url, u32 } from './encoding.js';
import { OfferError } from './errors.js';
import {
  hpke,
  isPublicKey,
  isSigned,
  publicKeyFrom,
  SECRET_BYTES,
  SUITE,
  signatureFrom,
  signed,
} from './suite.js';

/** @typedef {import('./encoding.js').Bytes} Bytes */
/** @typedef {import('./certificate.js').Certificate} Certificate */
/** @typedef {import('./certificate.js').CertificateFacts} CertificateFacts */

/**
 * @typedef {object} Offer the body of an `offer` envelope, after JSON.parse
 * @property {Certificate} certificate
 * @property {string} key b64 EK
 * @property {string} signature b64
 */

/**
 * Make an offer and the secret that its grant will be opened with.
 * @param {object} given
 * @param {{keyPair: CryptoKeyPair}} given.identity the mentor's
 * @param {Certificate} given.certificate
 * @param {string} given.conversation
 * @param {number} given.epoch
 * @returns {Promise<{secret: CryptoKeyPair, offer: Offer}>} keep the secret in page memory only
 */
export async function makeOffer({ identity, certificate, conversation, epoch }) {
  const secret = await hpke.kem.generateKeyPair();
  const key = new Uint8Array(await hpke.kem.serializePublicKey(secret.publicKey));
  const parts = signedParts(conversation, epoch, key, certificateBody(certificate));
  const signature = await signed(identity.keyPair.privateKey, ...parts);
  return { secret, offer: { certificate, key: toBase64url(key), signature: toBase64url(signature) } };
}

/**
 * Check an offer: its certificate, then the certified key's signature over it.
 * @param {object} given
 * @param {readonly string[]} given.pins b64 public keys of the organisation
 * @param {readonly string[]} given.denied mentor key ids
 * @param {Offer} given.offer
 * @param {string} given.conversation
 * @param {number} given.epoch of the envelope
 * @param {number} given.nowS Unix seconds
 * @returns {Promise<CertificateFacts>} compare `keyId` with the envelope's sender
 * @throws {import('./errors.js').CertificateError | OfferError}
 */
export async function verifyOffer({ pins, denied, offer, conversation, epoch, nowS }) {
  const { key, signature, body } = readOffer(offer);
  const facts = await verifyCertificate({ pins, denied, certificate: offer.certificate, nowS });
  if (!(await isSigned(facts.key, signature, ...signedParts(conversation, epoch, key, body)))) {
    throw new OfferError('signature');
  }
  if (!(await isPublicKey(key))) throw new OfferError('malformed');
  return facts;
}

/**
 * Take an offer apart, unchecked.
 * @param {Offer} offer
 * @returns {{key: Bytes, signature: Bytes, body: Bytes}}
 * @throws {import('./errors.js').CertificateError | OfferError}
 */
export function readOffer(offer) {
  if (!hasExactly(offer, ['certificate', 'key', 'signature'])) throw new OfferError('malformed');
  const body = certificateBody(offer.certificate);
  try {
    return { key: publicKeyFrom(offer.key), signature: signatureFrom(offer.signature), body };
  } catch {
    throw new OfferError('malformed');
  }
}

/**
 * @param {string} conversation
 * @param {number} epoch
 * @param {Bytes} key
 * @param {Bytes} body
 * @returns {import('./suite.js').Part[]}
 */
function signedParts(conversation, epoch, key, body) {
  return [`${SUITE} offer`, fromBase64url(conversation, SECRET_BYTES), u32(epoch), key, body];
}
