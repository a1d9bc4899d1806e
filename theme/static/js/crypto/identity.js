/**
 * Who somebody is: a key for one conversation (visitor) or for one browser (mentor), and the names made from it.
 *
 * Knows no certificate and no server. Steps 0 and 1 of the protocol; next: certificate.js.
 */

import { fromBase64url, toBase64url } from './encoding.js';
import {
  derived,
  hashed,
  importSigningKey,
  newSigningKey,
  publicKeyBytes,
  SECRET_BYTES,
  SUITE,
  signed,
} from './suite.js';

/** @typedef {import('./encoding.js').Bytes} Bytes */

/**
 * @typedef {object} ConversationIdentity
 * @property {CryptoKeyPair} signing extractable, so that a reload can keep it
 * @property {Bytes} publicKey VK
 * @property {string} conversation b64 of the conversation id
 */

/**
 * @typedef {object} MentorIdentity
 * @property {CryptoKeyPair} keyPair its private half never leaves the browser; may be kept in IndexedDB as it is
 * @property {Bytes} publicKey IK
 * @property {string} keyId
 */

const MENTOR_KEY_ID_BYTES = 16;

/** The sender name of the visitor. */
export const VISITOR = 'visitor';

/**
 * The sender name of a mentor.
 * @param {string} keyId
 */
export function mentorSender(keyId) {
  return `mentor:${keyId}`;
}

/**
 * Make the visitor's identity for one conversation and no other.
 * @returns {Promise<ConversationIdentity>}
 */
export async function createConversationIdentity() {
  return conversationIdentity(await newSigningKey(true));
}

/**
 * Give an identity as plain JSON, for the sealed state of a reload only.
 * @param {ConversationIdentity} identity
 * @returns {Promise<JsonWebKey>}
 */
export function exportIdentity(identity) {
  return crypto.subtle.exportKey('jwk', identity.signing.privateKey);
}

/**
 * Read back what `exportIdentity` gave.
 * @param {JsonWebKey} state
 * @returns {Promise<ConversationIdentity>}
 */
export async function importIdentity(state) {
  return conversationIdentity(await importSigningKey(state));
}

/**
 * Name the conversation that a visitor's key opens.
 * @param {Bytes} publicKey VK
 * @returns {Promise<string>}
 */
export async function conversationOf(publicKey) {
  return toBase64url(await hashed(`${SUITE} conversation`, publicKey));
}

/**
 * Make the token that the server knows the visitor's browser by.
 * @param {Bytes} r 32 random bytes that never leave the browser
 * @returns {Promise<string>}
 */
export async function serverToken(r) {
  return toBase64url(await derived(r, null, `${SUITE} server-token`));
}

/**
 * Prove to the server that this browser made the conversation.
 * @param {ConversationIdentity} identity
 * @param {string} conversation
 * @param {string} challenge b64, from the server's `welcome`
 * @returns {Promise<string>}
 */
export async function ownershipProof(identity, conversation, challenge) {
  const id = fromBase64url(conversation, SECRET_BYTES);
  const nonce = fromBase64url(challenge, SECRET_BYTES);
  return toBase64url(await signed(identity.signing.privateKey, `${SUITE} ownership`, id, nonce));
}

/**
 * Make the identity of a mentor's browser.
 * @returns {Promise<MentorIdentity>}
 */
export async function createMentorIdentity() {
  const keyPair = await newSigningKey(false);
  const publicKey = await publicKeyBytes(keyPair.publicKey);
  return { keyPair, publicKey, keyId: await keyIdOf(publicKey) };
}

/**
 * Name a mentor's key.
 * @param {Bytes} publicKey IK
 * @returns {Promise<string>}
 */
export async function keyIdOf(publicKey) {
  const hash = await hashed(`${SUITE} identity`, publicKey);
  return toBase64url(hash.slice(0, MENTOR_KEY_ID_BYTES));
}

/**
 * @param {CryptoKeyPair} signing
 * @returns {Promise<ConversationIdentity>}
 */
async function conversationIdentity(signing) {
  const publicKey = await publicKeyBytes(signing.publicKey);
  return { signing, publicKey, conversation: await conversationOf(publicKey) };
}
