/** The coordinator's room for keys. Wires parts together. */

import { HeldKey } from '../crypto/certifying.js';
import { TIMERS } from '../transport/browser.js';
import { sendCertificate } from '../transport/signing.js';
import { wordList } from '../transport/word_list.js';
import { find } from '../ui/elements.js';
import { KeyOffice } from '../ui/key_office.js';
import { Words } from '../ui/words.js';

const root = find(document, '[data-key-office]', HTMLElement);
const ask = fetch.bind(window);
const held = new HeldKey({ timers: TIMERS, forgotten: () => office.showForgotten() });
const office = new KeyOffice({
  root,
  words: new Words(document),
  held,
  pins: JSON.parse(root.dataset.pins ?? '[]'),
  now_ms: () => Date.now(),
  send: (keyId, certificate) => sendCertificate(ask, location.origin, keyId, certificate),
});

addEventListener('pagehide', () => {
  held.forget();
  office.clear();
});
// A page that comes back from the browser's memory shows what was true when it was left.
addEventListener('pageshow', (event) => event.persisted && location.reload());
wordList(ask)
  .then((list) => office.showKeys(list))
  .catch(reportError);
