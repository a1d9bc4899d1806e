/**
 * The coordinator's room for keys: shows each key's words, and signs those that she says are right.
 *
 * The file and the passphrase are read here, used once and let go of; what leaves the page is the signed certificate.
 * Knows no algorithm (crypto/certifying.js) and no address (transport/signing.js).
 */

import { fromBase64url } from '../crypto/encoding.js';
import { KeyFileError } from '../crypto/errors.js';
import { fingerprint, keyWords } from '../crypto/key_words.js';
import { find } from './elements.js';

/** @import { Certificate } from '../crypto/certificate.js' */
/** @import { HeldKey } from '../crypto/certifying.js' */
/** @import { Answer } from '../transport/signing.js' */
/** @import { Words } from './words.js' */

/**
 * @typedef {object} KeyOfficeParts
 * @property {HTMLElement} root
 * @property {Words} words
 * @property {HeldKey} held
 * @property {readonly string[]} pins
 * @property {() => number} now_ms
 * @property {(keyId: string, certificate: Certificate) => Promise<Answer>} send
 */

export class KeyOffice {
  #parts;
  #signing;
  #form;
  #file;
  #passphrase;
  #days;
  #error;
  #state;
  /** @type {Set<HTMLElement>} those whose words are right and that are not signed yet */
  #agreed = new Set();

  /** @param {KeyOfficeParts} parts */
  constructor(parts) {
    const { root } = parts;
    this.#parts = parts;
    this.#signing = find(root, '[data-signing]', HTMLElement);
    this.#form = find(root, '[data-sign-form]', HTMLFormElement);
    this.#file = find(root, '[data-key-file]', HTMLInputElement);
    this.#passphrase = find(root, '[data-passphrase]', HTMLInputElement);
    this.#days = find(root, '[data-days]', HTMLSelectElement);
    this.#error = find(root, '[data-key-error]', HTMLElement);
    this.#state = find(root, '[data-key-state]', HTMLElement);
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#sign().catch(reportError);
    });
    find(root, '[data-forget]', HTMLButtonElement).addEventListener('click', () => {
      parts.held.forget();
      this.showForgotten();
    });
    for (const item of this.#waiting()) {
      item.querySelector('[data-agree]')?.addEventListener('click', () => this.#agree(item));
    }
  }

  /** Fill in what the keys are called. @param {readonly string[] | null} list null: the whole names only */
  async showKeys(list) {
    for (const item of this.#waiting()) {
      const key = fromBase64url(item.dataset.key ?? '');
      find(item, '[data-key-digits]', HTMLElement).textContent = await fingerprint(key);
      if (list === null) find(item, 'details', HTMLDetailsElement).open = true;
      else find(item, '[data-key-words]', HTMLElement).replaceChildren(...(await wordItems(key, list)));
      const agree = item.querySelector('[data-agree]');
      if (agree instanceof HTMLButtonElement) agree.hidden = false;
    }
    if (list === null) return;
    for (const line of this.#parts.root.querySelectorAll('[data-key-line]')) {
      if (!(line instanceof HTMLElement)) continue;
      line.textContent = (await keyWords(fromBase64url(line.dataset.key ?? ''), list)).join(' ');
    }
  }

  /** Say that the key was let go of, and ask for the file again. */
  showForgotten() {
    this.#showKey(this.#parts.words.say('key_forgotten'));
  }

  /** Empty what was typed and chosen, before the page goes away. */
  clear() {
    this.#passphrase.value = '';
    this.#file.value = '';
  }

  /** @param {HTMLElement} item */
  #agree(item) {
    this.#agreed.add(item);
    find(item, '[data-key-choices]', HTMLElement).hidden = true;
    this.#tell(item, 'agreed');
    this.#showToSign();
    this.#signing.hidden = false;
    find(this.#signing, 'h2', HTMLElement).focus();
  }

  async #sign() {
    const { held, words } = this.#parts;
    this.#error.textContent = '';
    const button = find(this.#form, '[data-sign]', HTMLButtonElement);
    button.disabled = true;
    try {
      if (!held.isOpen) this.#showKey(await this.#open());
      for (const item of this.#agreed) await this.#signOne(item);
      this.#showToSign();
    } catch (error) {
      if (!(error instanceof KeyFileError)) throw error;
      this.#showKey('');
      this.#error.textContent = words.say(
        words.has(`error_${error.code}`) ? `error_${error.code}` : 'no_file',
      );
      (error.code === 'wrong_passphrase' ? this.#passphrase : this.#file).focus();
    } finally {
      button.disabled = this.#agreed.size === 0;
    }
  }

  /** Open the chosen file; returns what to say about it. */
  async #open() {
    const { held, pins, words } = this.#parts;
    const file = this.#file.files?.[0];
    if (file === undefined) throw new KeyFileError('no_file');
    this.#state.textContent = words.say('opening');
    const passphrase = this.#passphrase.value;
    this.#passphrase.value = '';
    const { isProtected } = await held.open(await file.arrayBuffer(), passphrase, pins);
    this.#file.value = '';
    return words.say(isProtected ? 'key_open' : 'key_unprotected');
  }

  /** @param {HTMLElement} item */
  async #signOne(item) {
    const { held, now_ms, send, words } = this.#parts;
    const { key = '', keyId = '', alias = '' } = item.dataset;
    const days = Number(this.#days.value);
    const certificate = await held.certify({ alias, publicKey: fromBase64url(key), days, now_ms: now_ms() });
    const answer = await send(keyId, certificate);
    if ('until_s' in answer) {
      this.#agreed.delete(item);
      const day = new Date(answer.until_s * 1000).toLocaleDateString(document.documentElement.lang, {
        day: 'numeric',
        month: 'long',
        year: 'numeric',
      });
      this.#tell(item, 'signed', { day });
      return;
    }
    const known = ['signed_out', 'not_sent'].includes(answer.refused)
      ? answer.refused
      : `refused_${answer.refused}`;
    this.#tell(item, words.has(known) ? known : 'refused_other');
  }

  /** @param {string} told what there is to say about the key */
  #showKey(told) {
    const { isOpen } = this.#parts.held;
    this.#state.textContent = told;
    find(this.#form, '[data-key-file-part]', HTMLElement).hidden = isOpen;
    find(this.#form, '[data-forget]', HTMLElement).hidden = !isOpen;
  }

  #showToSign() {
    const aliases = [...this.#agreed].map((item) => item.dataset.alias ?? '').join(', ');
    const told = aliases === '' ? '' : this.#parts.words.say('to_sign', { aliases });
    find(this.#signing, '[data-to-sign]', HTMLElement).textContent = told;
    find(this.#form, '[data-sign]', HTMLButtonElement).disabled = aliases === '';
  }

  /** @param {HTMLElement} item @param {string} word @param {Record<string, string>} [values] */
  #tell(item, word, values = {}) {
    find(item, '[data-key-told]', HTMLElement).textContent = this.#parts.words.say(word, values);
  }

  #waiting() {
    return /** @type {HTMLElement[]} */ ([...this.#parts.root.querySelectorAll('[data-waiting]')]);
  }
}

/** @param {import('../crypto/encoding.js').Bytes} key @param {readonly string[]} list */
async function wordItems(key, list) {
  return (await keyWords(key, list)).map((word) => {
    const item = document.createElement('li');
    item.textContent = word;
    return item;
  });
}
