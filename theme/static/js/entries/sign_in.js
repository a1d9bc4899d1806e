/** Signing in, or proving again who one is, with a passkey. Wires parts together. */

import { ask, usePasskey } from '../transport/passkeys.js';
import { PasskeyBox } from '../ui/passkey_box.js';

const box = document.querySelector('[data-passkey]');
if (box instanceof HTMLElement && 'PublicKeyCredential' in window) {
  const { start = '', finish = '' } = box.dataset;
  const fetch = window.fetch.bind(window);
  new PasskeyBox(box).open(async () => {
    const answer = await usePasskey(navigator.credentials, await ask(fetch, start));
    location.assign((await ask(fetch, finish, answer)).there);
  });
}
