/**
 * A mentor's own key in words, while a coordinator has to compare them: before the first certificate, and in its last
 * week. The words are made here, from the key that lies in this browser; the server has no say in them.
 */

import { fromBase64url, fromUtf8 } from '../crypto/encoding.js';
import { fingerprint, keyWords } from '../crypto/key_words.js';
import { find } from './elements.js';

/** @import { Credentials } from '../transport/certificates.js' */
/** @import { Words } from './words.js' */

const DAY_MS = 86_400_000;
/** As in usecases/certifying.py: of a short life, its last third. */
const WARN_BEFORE_DAYS = 7;

/**
 * Say what there is to say about the key of this browser.
 *
 * @param {object} parts
 * @param {HTMLElement} parts.root
 * @param {Words} parts.words
 * @param {Credentials} parts.own
 * @param {number} parts.now_ms
 * @param {() => Promise<readonly string[] | null>} parts.list the words that keys are compared by
 */
export async function showOwnKey({ root, words, own, now_ms, list }) {
  const days = own.certificate === null ? null : daysToWarnOf(own.certificate, now_ms);
  if (!own.isWaiting && days === null) return;
  const box = find(root, '[data-own-key]', HTMLElement);
  const spoken = await list();
  find(box, '[data-own-key-told]', HTMLElement).textContent =
    days === null ? words.say('key_waiting') : endWords(words, days);
  if (spoken !== null) {
    const items = (await keyWords(own.identity.publicKey, spoken)).map((word) => {
      const item = document.createElement('li');
      item.textContent = word;
      return item;
    });
    find(box, '[data-own-key-words]', HTMLElement).replaceChildren(...items);
  }
  find(box, '[data-own-key-digits]', HTMLElement).textContent = await fingerprint(own.identity.publicKey);
  find(box, 'details', HTMLDetailsElement).open = spoken === null;
  box.hidden = false;
}

/** @param {Words} words @param {number} days */
function endWords(words, days) {
  if (days < 0) return words.say('key_ended');
  return days < 1 ? words.say('key_ends_today') : words.say('key_ends', { days: Math.ceil(days) });
}

/**
 * Give how many days a certificate still holds, when that is to be warned of; else null.
 * @param {import('../crypto/certificate.js').Certificate} certificate
 * @param {number} now_ms
 */
function daysToWarnOf(certificate, now_ms) {
  const { not_before, not_after } = JSON.parse(fromUtf8(fromBase64url(certificate.body)));
  const life = ((not_after - not_before) * 1000) / DAY_MS;
  const left = (not_after * 1000 - now_ms) / DAY_MS;
  return left < Math.min(WARN_BEFORE_DAYS, life / 3) ? left : null;
}
