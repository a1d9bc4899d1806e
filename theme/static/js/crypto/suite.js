/**
 * The suite `stodchatt/1`: the one file that names algorithms.
 *
 * SHA-256, HKDF-SHA256, ECDSA P-256, AES-256-GCM from WebCrypto and HPKE (RFC 9180) from the vendored @hpke/core.
 * Knows nothing of conversations. Next: identity.js.
 */

import { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from '../../vendor/hpke.js';
import { framed, fromBase64url, joined } from './encoding.js';

/** @typedef {import('./encoding.js').Bytes} Bytes */
/** @typedef {Uint8Array | ArrayBuffer | string} Part */

export const SUITE = 'stodchatt/1';
export const PUBLIC_KEY_BYTES = 65;
export const SIGNATURE_BYTES = 64;
export const SECRET_BYTES = 32;
export const NONCE_BYTES = 12;

const CURVE = { name: 'ECDSA', namedCurve: 'P-256' };
const SIGNATURE = { name: 'ECDSA', hash: 'SHA-256' };
const EMPTY = new Uint8Array(0);

/** HPKE base mode: DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM. */
export const hpke = new CipherSuite({
  kem: new DhkemP256HkdfSha256(),
  kdf: new HkdfSha256(),
  aead: new Aes256Gcm(),
});

/**
 * @param {number} size
 * @returns {Bytes}
 */
export function randomBytes(size) {
  return crypto.getRandomValues(new Uint8Array(size));
}

/**
 * H of the protocol: SHA-256 over framed parts.
 * @param {...Part} parts
 * @returns {Promise<Bytes>}
 */
export async function hashed(...parts) {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', framed(...parts)));
}

/**
 * HKDF of the protocol: HKDF-SHA256 with 32 bytes out.
 * @param {Bytes} secret
 * @param {Bytes | null} salt null for the empty salt
 * @param {...Part} info framed
 * @returns {Promise<Bytes>}
 */
export async function derived(secret, salt, ...info) {
  const key = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveBits']);
  const parameters = { name: 'HKDF', hash: 'SHA-256', salt: salt ?? EMPTY, info: framed(...info) };
  return new Uint8Array(await crypto.subtle.deriveBits(parameters, key, SECRET_BYTES * 8));
}

/**
 * Make a key pair for signatures.
 * @param {boolean} extractable
 * @returns {Promise<CryptoKeyPair>}
 */
export function newSigningKey(extractable) {
  return crypto.subtle.generateKey(CURVE, extractable, ['sign', 'verify']);
}

/**
 * Read back a key pair that was exported as a JSON Web Key.
 * @param {JsonWebKey} privateKey
 * @returns {Promise<CryptoKeyPair>}
 */
export async function importSigningKey(privateKey) {
  const { d: _, ...publicKey } = privateKey;
  return {
    privateKey: await crypto.subtle.importKey('jwk', { ...privateKey, key_ops: ['sign'] }, CURVE, true, [
      'sign',
    ]),
    publicKey: await crypto.subtle.importKey('jwk', { ...publicKey, key_ops: ['verify'] }, CURVE, true, [
      'verify',
    ]),
  };
}

/**
 * Give a public key as its uncompressed point of 65 bytes.
 * @param {CryptoKey} key
 * @returns {Promise<Bytes>}
 */
export async function publicKeyBytes(key) {
  return new Uint8Array(await crypto.subtle.exportKey('raw', key));
}

/**
 * Sign framed parts: raw r‖s, 64 bytes.
 * @param {CryptoKey} key
 * @param {...Part} parts the first names the purpose
 * @returns {Promise<Bytes>}
 */
export async function signed(key, ...parts) {
  return new Uint8Array(await crypto.subtle.sign(SIGNATURE, key, framed(...parts)));
}

/**
 * Tell whether the signature over framed parts is this key's; a key that is no key has signed nothing.
 * @param {Bytes} publicKey
 * @param {Bytes} signature
 * @param {...Part} parts
 * @returns {Promise<boolean>}
 */
export async function isSigned(publicKey, signature, ...parts) {
  const key = await importPublicKey(publicKey);
  return key !== null && crypto.subtle.verify(SIGNATURE, key, signature, framed(...parts));
}

/**
 * Tell whether the bytes are an uncompressed point of P-256.
 * @param {Bytes} bytes
 * @returns {Promise<boolean>}
 */
export async function isPublicKey(bytes) {
  return (await importPublicKey(bytes)) !== null;
}

/**
 * Make 32 bytes into a key for AES-256-GCM.
 * @param {Bytes} secret
 * @returns {Promise<CryptoKey>}
 */
export function sealingKey(secret) {
  return crypto.subtle.importKey('raw', secret, 'AES-GCM', false, ['encrypt', 'decrypt']);
}

/**
 * Seal under a fresh random nonce, which goes first. Random and not a counter: two tabs would count alike.
 * @param {CryptoKey} key
 * @param {Bytes} plaintext
 * @param {Bytes} [context] authenticated with it
 * @returns {Promise<Bytes>}
 */
export async function sealed(key, plaintext, context = EMPTY) {
  const nonce = randomBytes(NONCE_BYTES);
  const parameters = { name: 'AES-GCM', iv: nonce, additionalData: context };
  return joined(nonce, new Uint8Array(await crypto.subtle.encrypt(parameters, key, plaintext)));
}

/**
 * Open what `sealed` made; null when a single bit of it or of the context is other.
 * @param {CryptoKey} key
 * @param {Bytes} bytes
 * @param {Bytes} [context]
 * @returns {Promise<Bytes | null>}
 */
export async function opened(key, bytes, context = EMPTY) {
  const parameters = { name: 'AES-GCM', iv: bytes.slice(0, NONCE_BYTES), additionalData: context };
  try {
    return new Uint8Array(await crypto.subtle.decrypt(parameters, key, bytes.slice(NONCE_BYTES)));
  } catch {
    return null;
  }
}

/**
 * Read a public key from the wire: 65 bytes, or an EncodingError.
 * @param {unknown} text
 * @returns {Bytes}
 */
export function publicKeyFrom(text) {
  return fromBase64url(/** @type {string} */ (text), PUBLIC_KEY_BYTES);
}

/**
 * Read a signature from the wire: 64 bytes, or an EncodingError.
 * @param {unknown} text
 * @returns {Bytes}
 */
export function signatureFrom(text) {
  return fromBase64url(/** @type {string} */ (text), SIGNATURE_BYTES);
}

/**
 * @param {Bytes} bytes
 * @returns {Promise<CryptoKey | null>}
 */
async function importPublicKey(bytes) {
  if (bytes.length !== PUBLIC_KEY_BYTES || bytes[0] !== 4) return null;
  try {
    return await crypto.subtle.importKey('raw', bytes, CURVE, true, ['verify']);
  } catch {
    return null;
  }
}
