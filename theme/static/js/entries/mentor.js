/** The mentor's page. Wires parts together. */

import { MentorDesk } from '../conversation/desk.js';
import { connect, isTouchScreen, TIMERS } from '../transport/browser.js';
import { credentials, isSignedOut } from '../transport/certificates.js';
import { KeyStore } from '../transport/key_store.js';
import { mentorDevice } from '../transport/mentor_device.js';
import { deskActions } from '../ui/desk_actions.js';
import { guardLeaving } from '../ui/leaving.js';
import { MentorPage } from '../ui/mentor_page.js';
import { followViewport } from '../ui/viewport.js';
import { Words } from '../ui/words.js';
import { watchOwnKey } from './mentor_key.js';
import { withLine } from './mentor_line.js';

const TICK_MS = 20_000;

const { alias: account = '', serviceOrigin, signIn = '/' } = document.querySelector('main')?.dataset ?? {};
const origin = serviceOrigin || location.origin;
/** @type {MentorDesk | null} */
let desk = null;

const words = new Words(document);
const page = new MentorPage({
  document,
  words,
  isTouch: isTouchScreen,
  now_ms: () => Date.now(),
  timers: TIMERS,
  device: mentorDevice(origin),
  actions: deskActions(() => desk),
});

async function open() {
  const keys = new KeyStore(indexedDB);
  const own = await credentials({ fetch: fetch.bind(window), origin, keys, account, now_ms: Date.now() });
  watchOwnKey({ own, words, origin });
  /** @type {import('../transport/socket.js').Connection | null} */
  let connection = null;
  const send = (/** @type {object} */ frame) => connection?.send(frame) ?? false;
  desk = new MentorDesk({
    ...own,
    send,
    timers: TIMERS,
    now_ms: () => Date.now(),
    changed: () => desk && page.show(desk.view),
    lost: () =>
      void isSignedOut(window.fetch.bind(window), origin).then((isOut) => isOut && location.assign(signIn)),
  });
  connection = connect('mentor', origin, withLine({ own, send, desk }));
}

guardLeaving(window, { clear: () => page.clear(), leave: () => desk?.forget() });
followViewport(document.documentElement, window.visualViewport, () => page.resized());
setInterval(() => page.tick(), TICK_MS);
open().catch((error) => {
  page.showProblem('missing_storage');
  reportError(error);
});
