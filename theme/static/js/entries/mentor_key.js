/** A mentor's own key: its words while a coordinator has to compare them, and going on when it is signed. Wires parts. */

import { TIMERS } from '../transport/browser.js';
import { awaitCertificate } from '../transport/certificates.js';
import { wordList } from '../transport/word_list.js';
import { showOwnKey } from '../ui/own_key.js';

/** @param {{own: import('../transport/certificates.js').Credentials, words: import('../ui/words.js').Words, origin: string}} given */
export function watchOwnKey({ own, words, origin }) {
  const ask = fetch.bind(window);
  const list = () => wordList(ask);
  showOwnKey({ root: document.body, words, own, now_ms: Date.now(), list }).catch(reportError);
  if (!own.isWaiting) return;
  const ready = () => location.reload();
  awaitCertificate({ fetch: ask, origin, keyId: own.identity.keyId, timers: TIMERS, ready });
}
