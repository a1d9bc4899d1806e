/**
 * The grant: the visitor gives the roots of epochs to the one key that was offered. Step 4 of the protocol.
 *
 * The caller has verified the offer; here the grant is bound to it, so that it fits no other. Next: messages.js.
 */

import { fromBase64url, fromUtf8, hasExactly, isObject, toBase64url, u32, utf8 } from './encoding.js';
import { GrantError } from './errors.js';
import { conversationOf } from './identity.js';
import { readOffer } from './offer.js';
import {
  hashed,
  hpke,
  isSigned,
  PUBLIC_KEY_BYTES,
  publicKeyFrom,
  SECRET_BYTES,
  SUITE,
  signatureFrom,
  signed,
} from './suite.js';

/** @typedef {import('./encoding.js').Bytes} Bytes */
/** @typedef {import('./offer.js').Offer} Offer */
/** @typedef {Record<string, string>} Roots epoch → b64 of 32 bytes */

/**
 * @typedef {object} Grant the body of a `grant` envelope, after JSON.parse
 * @property {string} key b64 VK
 * @property {string} enc b64
 * @property {string} ciphertext b64
 * @property {string} signature b64
 */

const EPOCH = /^(0|[1-9][0-9]{0,9})$/;

/**
 * Grant roots to the key of a verified offer.
 * @param {object} given
 * @param {import('./identity.js').ConversationIdentity} given.identity
 * @param {string} given.conversation
 * @param {number} given.epoch
 * @param {Offer} given.offer
 * @param {Roots} given.roots
 * @returns {Promise<Grant>}
 */
export async function makeGrant({ identity, conversation, epoch, offer, roots }) {
  const context = await grantContext(conversation, epoch, offer);
  const recipientPublicKey = await hpke.kem.deserializePublicKey(publicKeyFrom(offer.key).buffer);
  const { enc, ct } = await hpke.seal({ recipientPublicKey, info: context }, utf8(JSON.stringify({ roots })));
  const signature = await signed(identity.signing.privateKey, `${SUITE} grant-signature`, context, enc, ct);
  return {
    key: toBase64url(identity.publicKey),
    enc: toBase64url(enc),
    ciphertext: toBase64url(ct),
    signature: toBase64url(signature),
  };
}

/**
 * Open a grant: the key must be the one that names the conversation, the signature its own, the context this offer's.
 * @param {object} given
 * @param {CryptoKeyPair} given.secret from `makeOffer`
 * @param {string} given.conversation
 * @param {number} given.epoch
 * @param {Offer} given.offer
 * @param {Grant} given.grant
 * @returns {Promise<{roots: Roots}>}
 * @throws {GrantError}
 */
export async function openGrant({ secret, conversation, epoch, offer, grant }) {
  const { key, enc, ciphertext, signature } = readGrant(grant);
  if ((await conversationOf(key)) !== conversation) throw new GrantError('other_visitor');
  const context = await grantContext(conversation, epoch, offer);
  if (!(await isSigned(key, signature, `${SUITE} grant-signature`, context, enc, ciphertext))) {
    throw new GrantError('signature');
  }
  let plaintext;
  try {
    plaintext = await hpke.open({ recipientKey: secret, enc: enc.buffer, info: context }, ciphertext);
  } catch {
    throw new GrantError('unreadable');
  }
  return { roots: readRoots(plaintext, epoch) };
}

/**
 * Give what binds a grant to one offer, conversation and epoch.
 * @param {string} conversation
 * @param {number} epoch
 * @param {Offer} offer
 * @returns {Promise<Bytes>}
 */
export function grantContext(conversation, epoch, offer) {
  const { key, signature, body } = readOffer(offer);
  return hashed(
    `${SUITE} grant`,
    fromBase64url(conversation, SECRET_BYTES),
    u32(epoch),
    key,
    signature,
    body,
  );
}

/** @param {Grant} grant */
function readGrant(grant) {
  if (!hasExactly(grant, ['key', 'enc', 'ciphertext', 'signature'])) throw new GrantError('malformed');
  try {
    return {
      key: publicKeyFrom(grant.key),
      enc: fromBase64url(grant.enc, PUBLIC_KEY_BYTES),
      ciphertext: fromBase64url(grant.ciphertext),
      signature: signatureFrom(grant.signature),
    };
  } catch {
    throw new GrantError('malformed');
  }
}

/**
 * @param {ArrayBuffer} plaintext
 * @param {number} epoch whose root must be among them; none may be later
 * @returns {Roots}
 */
function readRoots(plaintext, epoch) {
  try {
    const fields = JSON.parse(fromUtf8(plaintext));
    if (!hasExactly(fields, ['roots']) || !isObject(fields.roots)) throw new GrantError('malformed');
    const entries = Object.entries(/** @type {Roots} */ (fields.roots));
    for (const [name, root] of entries) {
      fromBase64url(root, SECRET_BYTES);
      if (!EPOCH.test(name) || Number(name) > epoch) throw new GrantError('malformed');
    }
    if (!Object.hasOwn(fields.roots, String(epoch))) throw new GrantError('malformed');
    return Object.fromEntries(entries);
  } catch {
    throw new GrantError('malformed');
  }
}
