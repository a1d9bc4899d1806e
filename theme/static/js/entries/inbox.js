/** The coordinators' inbox: file and passphrase → key → letters as text, and away again. Wires parts together. */

import { fromBase64url } from '../crypto/encoding.js';
import { KeyFileError } from '../crypto/errors.js';
import { inboxKey, openKeyFile } from '../crypto/key_file.js';
import { openAll } from '../crypto/letters.js';
import { eraseLetter, fetchSealed } from '../transport/inbox.js';
import { InboxView } from '../ui/inbox_view.js';
import { guardLeaving } from '../ui/leaving.js';
import { Words } from '../ui/words.js';

const IDLE_MS = 5 * 60_000;
const SIGNS_OF_LIFE = ['keydown', 'pointerdown', 'pointermove', 'scroll'];
const { key: publicKey = '', sealed: address = '' } = document.querySelector('main')?.dataset ?? {};
const fetch = window.fetch.bind(window);
/** Counts opening and closing: what is still being opened when the inbox is closed is not shown any more. */
let [turn, idle] = [0, 0];

/** @param {File | null} file @param {string} passphrase */
async function open(file, passphrase) {
  if (file === null) return view.refused('no_file');
  const mine = ++turn;
  view.opening();
  try {
    const { pkcs8 } = await openKeyFile(await file.arrayBuffer(), passphrase);
    // The key is not kept: everything is opened at once.
    const key = await inboxKey(pkcs8, fromBase64url(publicKey));
    const opened = await openAll(key, await fetchSealed(fetch, address));
    if (mine !== turn) return;
    view.show(opened);
    stayOpen();
  } catch (error) {
    if (mine === turn) view.refused(error instanceof KeyFileError ? error.code : 'unanswered');
  }
}

/** @param {string} [word] what to say about it */
function close(word) {
  turn += 1;
  clearTimeout(idle);
  idle = 0;
  view.close(word);
}

function stayOpen() {
  clearTimeout(idle);
  idle = window.setTimeout(() => close('inbox_closed_idle'), IDLE_MS);
}
const view = new InboxView({
  document,
  words: new Words(document),
  actions: {
    open: (file, passphrase) => void open(file, passphrase),
    close: () => close('inbox_closed'),
    erase: (form) =>
      void eraseLetter(fetch, form).then((isGone) => (isGone ? view.erased(form) : view.notErased())),
  },
});
for (const sign of SIGNS_OF_LIFE) addEventListener(sign, () => idle !== 0 && stayOpen(), { passive: true });
guardLeaving(window, { clear: () => close(), leave: () => close() });
