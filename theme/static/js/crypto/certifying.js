/**
 * Signing certificates in the browser with the organisation key, as `organisation-key sign` does on the command line.
 *
 * Knows no page and no server. The key is held for a while and then forgotten; it is used only when it is one of the
 * pinned ones. Read key_file.js before, certificate.js for how a certificate is checked.
 */

import { toBase64url, utf8 } from './encoding.js';
import { KeyFileError } from './errors.js';
import { openKeyFile, signingKey } from './key_file.js';
import { isSigned, publicKeyFrom, randomBytes, SECRET_BYTES, SUITE, signed } from './suite.js';

/** @import { Timers } from '../transport/socket.js' */
/** @typedef {import('./encoding.js').Bytes} Bytes */

export const FORGET_AFTER_MS = 5 * 60 * 1000;

const DAY_S = 86_400;
const LONGEST_DAYS = 30;
/** A clock that is a little fast must not make a certificate of the future. */
const BACKDATED_S = 60;

/** The organisation key while it is open on this page. Every use starts the time to forget it anew. */
export class HeldKey {
  #timers;
  #forgotten;
  /** @type {CryptoKey | null} */
  #key = null;
  /** @type {unknown} */
  #timer = null;

  /** @param {{timers: Timers, forgotten: () => void}} parts `forgotten` is told when time has run out */
  constructor({ timers, forgotten }) {
    this.#timers = timers;
    this.#forgotten = forgotten;
  }

  get isOpen() {
    return this.#key !== null;
  }

  /**
   * Open a key file and hold its key, if it is one of the pinned ones.
   * @param {Uint8Array | ArrayBuffer} file
   * @param {string} passphrase
   * @param {readonly string[]} pins b64 public keys of the organisation
   * @returns {Promise<{isProtected: boolean}>}
   * @throws {KeyFileError} those of `openKeyFile`, and other_key
   */
  async open(file, passphrase, pins) {
    this.forget();
    const { pkcs8, isProtected } = await openKeyFile(file, passphrase);
    const key = await signingKey(pkcs8);
    if (!(await isPinned(key, pins))) throw new KeyFileError('other_key');
    this.#key = key;
    this.#wait();
    return { isProtected };
  }

  /**
   * Sign a certificate for a mentor's key.
   * @param {object} given
   * @param {string} given.alias
   * @param {Bytes} given.publicKey IK
   * @param {number} given.days 1 to 30
   * @param {number} given.now_ms
   * @returns {Promise<import('./certificate.js').Certificate>}
   */
  async certify({ alias, publicKey, days, now_ms }) {
    if (this.#key === null) throw new KeyFileError('other_key');
    if (!Number.isInteger(days) || days < 1 || days > LONGEST_DAYS) throw new RangeError('days');
    this.#wait();
    const notBefore = Math.floor(now_ms / 1000) - BACKDATED_S;
    const body = certificateBytes({ alias, publicKey, notBefore, notAfter: notBefore + days * DAY_S });
    const signature = await signed(this.#key, `${SUITE} certificate`, body);
    return { body: toBase64url(body), signature: toBase64url(signature) };
  }

  /** Let go of the key. */
  forget() {
    this.#key = null;
    if (this.#timer !== null) this.#timers.clear(this.#timer);
    this.#timer = null;
  }

  #wait() {
    if (this.#timer !== null) this.#timers.clear(this.#timer);
    this.#timer = this.#timers.set(() => {
      this.forget();
      this.#forgotten();
    }, FORGET_AFTER_MS);
  }
}

/**
 * Write a certificate's body: the same bytes as chatservice/organisation_key.py writes.
 * @param {{alias: string, publicKey: Bytes, notBefore: number, notAfter: number}} facts times in Unix seconds
 * @returns {Bytes}
 */
export function certificateBytes({ alias, publicKey, notBefore, notAfter }) {
  const fields = {
    version: 1,
    alias,
    key: toBase64url(publicKey),
    not_before: notBefore,
    not_after: notAfter,
  };
  return utf8(JSON.stringify(fields));
}

/**
 * Tell whether a private key belongs to one of the pinned public ones, by letting it sign a trial.
 * @param {CryptoKey} key
 * @param {readonly string[]} pins
 */
async function isPinned(key, pins) {
  const trial = randomBytes(SECRET_BYTES);
  const signature = await signed(key, `${SUITE} trial`, trial);
  for (const pin of pins) {
    if (await isSigned(publicKeyFrom(pin), signature, `${SUITE} trial`, trial)) return true;
  }
  return false;
}
