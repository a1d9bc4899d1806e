/**
 * Opens a private key file in the browser that it is chosen in: PEM with PKCS#8, behind a passphrase or not.
 *
 * Reads what `organisation-key new` and `inbox-key new` write (chatservice/key_protection.py): PBES2 with
 * PBKDF2-HMAC-SHA256 and AES-256-CBC, and no other protection. Knows no DOM, no network and no pinned key; whether the
 * key is the right one is asked by whoever uses it. Next: certifying.js.
 */

import { DerReader, NULL, OCTETS } from './der.js';
import { fromUtf8, utf8 } from './encoding.js';
import { KeyFileError } from './errors.js';
import { hpke } from './suite.js';

/** @typedef {import('./encoding.js').Bytes} Bytes */

/**
 * @typedef {object} OpenedKey
 * @property {Bytes} pkcs8 the private key; an importer below wipes it
 * @property {boolean} isProtected whether a passphrase was needed
 */

const LARGEST_FILE_BYTES = 8192;
const MOST_ROUNDS = 10_000_000;
const SALT_BYTES = { least: 8, most: 64 };
const BLOCK_BYTES = 16;
const PROTECTED = 'ENCRYPTED PRIVATE KEY';
const UNPROTECTED = 'PRIVATE KEY';
const PEM = /^\s*-----BEGIN ([A-Z0-9 ]{1,40})-----\r?\n([A-Za-z0-9+/=\r\n]+?)\r?\n-----END \1-----\s*$/;

// Object names as their DER bytes; the comments say them as people do.
const PBES2 = '2a864886f70d01050d'; // 1.2.840.113549.1.5.13
const PBKDF2 = '2a864886f70d01050c'; // 1.2.840.113549.1.5.12
const HMAC_SHA256 = '2a864886f70d0209'; // 1.2.840.113549.2.9
const AES256_CBC = '60864801650304012a'; // 2.16.840.1.101.3.4.1.42
const EC_KEY = '2a8648ce3d0201'; // 1.2.840.10045.2.1
const P256 = '2a8648ce3d030107'; // 1.2.840.10045.3.1.7

/**
 * Open a key file. An unprotected one opens whatever the passphrase is.
 * @param {Uint8Array | ArrayBuffer | string} file
 * @param {string} passphrase
 * @returns {Promise<OpenedKey>}
 * @throws {KeyFileError} malformed · other_kind · other_protection · wrong_passphrase
 */
export async function openKeyFile(file, passphrase) {
  const { label, der } = readPem(file);
  if (label === UNPROTECTED) {
    if (kindOf(der) === null) throw new KeyFileError('malformed');
    return { pkcs8: checkedKind(der), isProtected: false };
  }
  if (label !== PROTECTED) throw new KeyFileError('other_kind');
  const plain = await unprotected(readProtection(der), passphrase);
  // One wrong passphrase in 256 gives a padding that looks right: then what is inside is no key at all.
  if (kindOf(plain) === null) throw new KeyFileError('wrong_passphrase');
  return { pkcs8: checkedKind(plain), isProtected: true };
}

/**
 * Make an opened key a key that signs (ECDSA P-256) and cannot be taken out of the browser. Wipes the bytes.
 * @param {Bytes} pkcs8
 * @returns {Promise<CryptoKey>}
 * @throws {KeyFileError}
 */
export function signingKey(pkcs8) {
  return imported(pkcs8, { name: 'ECDSA', namedCurve: 'P-256' }, ['sign']);
}

/**
 * Make an opened key the one that letters to this public key are opened with (HPKE, suite.js). Wipes the bytes.
 *
 * The private half cannot be taken out of the browser, and therefore the public one has to be given; that they belong
 * together is tried.
 * @param {Bytes} pkcs8
 * @param {Bytes} publicKey 65 bytes
 * @returns {Promise<CryptoKeyPair>}
 * @throws {KeyFileError} other_key when it is another inbox's
 */
export async function inboxKey(pkcs8, publicKey) {
  const privateKey = await imported(pkcs8, { name: 'ECDH', namedCurve: 'P-256' }, ['deriveBits']);
  const recipientPublicKey = await hpke.kem.deserializePublicKey(publicKey.buffer);
  const pair = { privateKey, publicKey: recipientPublicKey };
  const { enc, ct } = await hpke.seal({ recipientPublicKey }, utf8('trial'));
  try {
    await hpke.open({ recipientKey: pair, enc }, ct);
  } catch {
    throw new KeyFileError('other_key');
  }
  return pair;
}

/**
 * @param {Bytes} pkcs8
 * @param {EcKeyImportParams} algorithm
 * @param {KeyUsage[]} usages
 */
async function imported(pkcs8, algorithm, usages) {
  try {
    return await crypto.subtle.importKey('pkcs8', pkcs8, algorithm, false, usages);
  } catch {
    throw new KeyFileError('malformed');
  } finally {
    pkcs8.fill(0);
  }
}

/**
 * @param {Uint8Array | ArrayBuffer | string} file
 * @returns {{label: string, der: Bytes}}
 */
function readPem(file) {
  const size = typeof file === 'string' ? file.length : file.byteLength;
  if (size > LARGEST_FILE_BYTES) throw new KeyFileError('malformed');
  try {
    const text = typeof file === 'string' ? file : fromUtf8(new Uint8Array(file));
    const [, label = '', base64 = ''] = PEM.exec(text) ?? [];
    if (label === '') throw new KeyFileError('malformed');
    const binary = atob(base64.replaceAll(/[\r\n]/g, ''));
    return { label, der: Uint8Array.from(binary, (character) => character.charCodeAt(0)) };
  } catch {
    throw new KeyFileError('malformed');
  }
}

/**
 * @typedef {object} Protection
 * @property {Bytes} salt
 * @property {number} rounds
 * @property {Bytes} firstBlock
 * @property {Bytes} ciphertext
 */

/**
 * Read how a key is protected: RFC 8018, PBES2.
 * @param {Bytes} der
 * @returns {Protection}
 */
function readProtection(der) {
  try {
    const outer = new DerReader(der);
    const whole = outer.list();
    outer.end();
    const protection = whole.list();
    const ciphertext = whole.content(OCTETS);
    whole.end();
    expect(protection, PBES2);
    const scheme = protection.list();
    protection.end();
    const { salt, rounds } = readDerivation(scheme.list());
    const encryption = scheme.list();
    scheme.end();
    expect(encryption, AES256_CBC);
    const firstBlock = encryption.content(OCTETS);
    encryption.end();
    if (firstBlock.length !== BLOCK_BYTES) throw new KeyFileError('malformed');
    return { salt, rounds, firstBlock, ciphertext };
  } catch (error) {
    throw error instanceof KeyFileError ? error : new KeyFileError('malformed');
  }
}

/** @param {DerReader} derivation */
function readDerivation(derivation) {
  expect(derivation, PBKDF2);
  const parameters = derivation.list();
  derivation.end();
  const salt = parameters.content(OCTETS);
  const rounds = parameters.number();
  const hash = parameters.list();
  parameters.end();
  expect(hash, HMAC_SHA256);
  if (hash.content(NULL).length > 0) throw new KeyFileError('malformed');
  hash.end();
  const isSalt = salt.length >= SALT_BYTES.least && salt.length <= SALT_BYTES.most;
  if (!isSalt || rounds < 1 || rounds > MOST_ROUNDS) throw new KeyFileError('other_protection');
  return { salt, rounds };
}

/** @param {DerReader} reader @param {string} object */
function expect(reader, object) {
  if (reader.object() !== object) throw new KeyFileError('other_protection');
}

/**
 * @param {Protection} protection
 * @param {string} passphrase
 * @returns {Promise<Bytes>}
 */
async function unprotected({ salt, rounds, firstBlock, ciphertext }, passphrase) {
  const typed = utf8(passphrase.normalize('NFC'));
  const words = await crypto.subtle.importKey('raw', typed, 'PBKDF2', false, ['deriveKey']);
  typed.fill(0);
  const key = await crypto.subtle.deriveKey(
    { name: 'PBKDF2', hash: 'SHA-256', salt, iterations: rounds },
    words,
    { name: 'AES-CBC', length: 256 },
    false,
    ['decrypt'],
  );
  try {
    return new Uint8Array(await crypto.subtle.decrypt({ name: 'AES-CBC', iv: firstBlock }, key, ciphertext));
  } catch {
    throw new KeyFileError('wrong_passphrase');
  }
}

/** @param {Bytes} pkcs8 */
function checkedKind(pkcs8) {
  if (kindOf(pkcs8) !== 'p256') throw new KeyFileError('other_kind');
  return pkcs8;
}

/**
 * Tell what the bytes are: a private key of P-256, another private key, or no PKCS#8 (RFC 5958) at all.
 * @param {Bytes} bytes
 * @returns {'p256' | 'other' | null}
 */
function kindOf(bytes) {
  try {
    const outer = new DerReader(bytes);
    const whole = outer.list();
    outer.end();
    if (whole.number() !== 0) return null;
    const algorithm = whole.list();
    const family = algorithm.object();
    whole.content(OCTETS);
    return family === EC_KEY && algorithm.object() === P256 && whole.isAtEnd ? 'p256' : 'other';
  } catch {
    return null;
  }
}
