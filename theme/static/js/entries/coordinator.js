/** The coordinator's page: what holds in the chat now, and her end of the line to the mentors. Wires parts together. */

import { LineDesk } from '../conversation/line_desk.js';
import { connect, isTouchScreen, TIMERS } from '../transport/browser.js';
import { isSignedOut } from '../transport/certificates.js';
import { guardLeaving } from '../ui/leaving.js';
import { CoordinatorView } from '../ui/line_desk_view.js';
import { Overview } from '../ui/overview.js';
import { Words } from '../ui/words.js';

const { pins = '[]', denied = '[]', signIn = '/' } = document.querySelector('main')?.dataset ?? {};
/** @type {import('../transport/socket.js').Connection | null} */
let connection = null;

const desk = new LineDesk({
  pins: JSON.parse(pins),
  denied: JSON.parse(denied),
  send: (frame) => connection?.send(frame) ?? false,
  timers: TIMERS,
  now_ms: () => Date.now(),
  changed: () => {
    view.show(desk.view);
    overview.show(desk.view.counts);
  },
  lost: () =>
    void isSignedOut(window.fetch.bind(window), location.origin).then(
      (isOut) => isOut && location.assign(signIn),
    ),
});
const words = new Words(document);
const overview = new Overview({ document, words });
const view = new CoordinatorView({
  document,
  words,
  isTouch: isTouchScreen,
  actions: {
    answer: (page, text) => desk.answer(page, text),
    retry: (page, id) => desk.retry(page, id),
    read: (page) => desk.read(page),
  },
});

guardLeaving(window, {
  clear: () => {
    desk.forget();
    view.clear();
  },
  leave: () => connection?.stop(),
});
connection = connect('coordinator', location.origin, desk);
