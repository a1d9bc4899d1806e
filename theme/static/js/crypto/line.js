/**
 * The line between a mentor and a coordinator: an opening that only this mentor can have made and only this
 * coordinator's page can use, and then texts under two keys, one for each direction.
 *
 * The opening is signed and the texts are not: who reads them knows who wrote, and can prove it to nobody else.
 * Knows nothing of conversations. Its specification is "The line to the coordinators" in docs/protocol.md.
 */

import { certificateBody, verifyCertificate } from './certificate.js';
import { framed, fromBase64url, fromUtf8, hasExactly, toBase64url, u64, utf8 } from './encoding.js';
import { LineError } from './errors.js';
import { pad, unpad } from './messages.js';
import {
  derived,
  hashed,
  hpke,
  isPublicKey,
  isSigned,
  opened,
  PUBLIC_KEY_BYTES,
  publicKeyFrom,
  randomBytes,
  SECRET_BYTES,
  SUITE,
  sealed,
  sealingKey,
  signatureFrom,
  signed,
} from './suite.js';

/** @typedef {import('./encoding.js').Bytes} Bytes */
/** @typedef {import('./certificate.js').Certificate} Certificate */
/** @typedef {import('./certificate.js').CertificateFacts} CertificateFacts */

/**
 * @typedef {object} Opening what a mentor's page sends along with each of its texts
 * @property {Certificate} certificate
 * @property {string} enc b64
 * @property {string} signature b64
 */
/** @typedef {{secret: CryptoKeyPair, key: string, page: string}} CoordinatorKey key b64 CK; secret in page memory only */
/** @typedef {'mentor' | 'coordinator'} Direction who writes */

/** How many characters (code points) one may write at a time: 4,000 bytes at most, which fit the largest size. */
export const LONGEST_LINE = 1000;
const LARGEST_PADDED = 4096;
const PAGE_NAME_BYTES = 16;

/** Name a mentor's page. */
export function newPageName() {
  return toBase64url(randomBytes(PAGE_NAME_BYTES));
}

/**
 * Make the key of a coordinator's page.
 * @returns {Promise<CoordinatorKey>}
 */
export async function newCoordinatorKey() {
  const secret = await hpke.kem.generateKeyPair();
  const key = toBase64url(await hpke.kem.serializePublicKey(secret.publicKey));
  return { secret, key, page: await pageOf(key) };
}

/**
 * Name a coordinator's page.
 * @param {string} key b64 CK
 * @returns {Promise<string>}
 */
export async function pageOf(key) {
  const hash = await hashed(`${SUITE} line-page`, publicKeyFrom(key));
  return toBase64url(hash.slice(0, PAGE_NAME_BYTES));
}

/**
 * Open a line from a mentor's page to one coordinator's page.
 * @param {object} given
 * @param {{keyPair: CryptoKeyPair}} given.identity the mentor's
 * @param {Certificate} given.certificate
 * @param {string} given.page the mentor's
 * @param {string} given.key b64 CK
 * @returns {Promise<{opening: Opening, keys: LineKeys}>}
 * @throws {LineError} malformed, for a key that is none
 */
export async function openLine({ identity, certificate, page, key }) {
  const body = certificateBody(certificate);
  if (!(await isPublicKey(publicKeyFrom(key)))) throw new LineError('malformed');
  const recipientPublicKey = await hpke.kem.deserializePublicKey(publicKeyFrom(key).buffer);
  const info = await lineContext(key, page, body);
  const sender = await hpke.createSenderContext({ recipientPublicKey, info });
  const signature = await signed(identity.keyPair.privateKey, ...signedParts(key, page, sender.enc, body));
  return {
    opening: { certificate, enc: toBase64url(sender.enc), signature: toBase64url(signature) },
    keys: await lineKeys(sender, 'mentor'),
  };
}

/**
 * Take a line that a mentor's page has opened: her certificate, then her signature, then the key.
 * @param {object} given
 * @param {readonly string[]} given.pins b64 public keys of the organisation
 * @param {readonly string[]} given.denied mentor key ids
 * @param {CoordinatorKey} given.own
 * @param {string} given.page the mentor's
 * @param {Opening} given.opening
 * @param {number} given.nowS Unix seconds
 * @returns {Promise<{facts: CertificateFacts, keys: LineKeys}>}
 * @throws {import('./errors.js').CertificateError | LineError}
 */
export async function takeLine({ pins, denied, own, page, opening, nowS }) {
  const { enc, signature, body } = readOpening(opening);
  const facts = await verifyCertificate({ pins, denied, certificate: opening.certificate, nowS });
  if (!(await isSigned(facts.key, signature, ...signedParts(own.key, page, enc, body)))) {
    throw new LineError('signature');
  }
  const info = await lineContext(own.key, page, body);
  try {
    const recipient = await hpke.createRecipientContext({ recipientKey: own.secret, enc: enc.buffer, info });
    return { facts, keys: await lineKeys(recipient, 'coordinator') };
  } catch {
    throw new LineError('unreadable');
  }
}

/** Seals in one direction and opens in the other; each text is bound to its number. */
export class LineKeys {
  #seals;
  #opens;
  #own;

  /** @param {{own: Direction, seals: CryptoKey, opens: CryptoKey}} given */
  constructor({ own, seals, opens }) {
    this.#own = own;
    this.#seals = seals;
    this.#opens = opens;
  }

  /**
   * @param {number} number
   * @param {string} text
   * @returns {Promise<string>} b64
   * @throws {LineError} malformed, when it is empty or too long
   */
  async seal(number, text) {
    if (!isLineText(text)) throw new LineError('malformed');
    return toBase64url(await sealed(this.#seals, pad(utf8(text)), envelope(this.#own, number)));
  }

  /**
   * @param {number} number
   * @param {string} body b64
   * @returns {Promise<string>}
   * @throws {LineError} unreadable, malformed
   */
  async open(number, body) {
    const other = this.#own === 'mentor' ? 'coordinator' : 'mentor';
    let plaintext = null;
    try {
      plaintext = await opened(this.#opens, fromBase64url(body), envelope(other, number));
    } catch {
      throw new LineError('malformed');
    }
    if (plaintext === null) throw new LineError('unreadable');
    const text = readText(plaintext);
    if (text === null) throw new LineError('malformed');
    return text;
  }
}

/** @param {Bytes} padded @returns {string | null} */
function readText(padded) {
  if (padded.length > LARGEST_PADDED) return null;
  try {
    const text = fromUtf8(unpad(padded));
    return isLineText(text) ? text : null;
  } catch {
    return null;
  }
}

/** @param {string} text */
function isLineText(text) {
  return text !== '' && [...text].length <= LONGEST_LINE;
}

/**
 * @param {{export: (context: ArrayBuffer, length: number) => Promise<ArrayBuffer>}} context
 * @param {Direction} own
 */
async function lineKeys(context, own) {
  const exported = await context.export(framed(`${SUITE} line-root`).buffer, SECRET_BYTES);
  const root = new Uint8Array(exported);
  const key = async (/** @type {Direction} */ direction) =>
    sealingKey(await derived(root, null, `${SUITE} line-message`, direction));
  const [mentor, coordinator] = [await key('mentor'), await key('coordinator')];
  return own === 'mentor'
    ? new LineKeys({ own, seals: mentor, opens: coordinator })
    : new LineKeys({ own, seals: coordinator, opens: mentor });
}

/** @param {Direction} direction @param {number} number */
function envelope(direction, number) {
  return framed(`${SUITE} line-envelope`, direction, u64(number));
}

/** @param {string} key @param {string} page @param {Bytes} body */
function lineContext(key, page, body) {
  return hashed(`${SUITE} line`, publicKeyFrom(key), fromBase64url(page, PAGE_NAME_BYTES), body);
}

/**
 * @param {string} key
 * @param {string} page
 * @param {Uint8Array | ArrayBuffer} enc
 * @param {Bytes} body
 * @returns {import('./suite.js').Part[]}
 */
function signedParts(key, page, enc, body) {
  const name = fromBase64url(page, PAGE_NAME_BYTES);
  return [`${SUITE} line-signature`, publicKeyFrom(key), name, enc, body];
}

/** @param {Opening} opening */
function readOpening(opening) {
  if (!hasExactly(opening, ['certificate', 'enc', 'signature'])) throw new LineError('malformed');
  const body = certificateBody(opening.certificate);
  try {
    return {
      enc: fromBase64url(opening.enc, PUBLIC_KEY_BYTES),
      signature: signatureFrom(opening.signature),
      body,
    };
  } catch {
    throw new LineError('malformed');
  }
}
