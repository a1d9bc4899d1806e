/** The visitor's page. Wires parts together; nothing is stored, and only /chatt/status is asked, before "Börja". */

import { beginConversation } from '../conversation/beginning.js';
import { PageMemory } from '../conversation/memory.js';
import {
  connect,
  followOpening,
  isTouchScreen,
  pageStorage,
  sayFarewell,
  TIMERS,
} from '../transport/browser.js';
import { guardLeaving } from '../ui/leaving.js';
import { followViewport } from '../ui/viewport.js';
import { VisitorPage } from '../ui/visitor_page.js';
import { Words } from '../ui/words.js';

const { pins = '[]', denied = '[]', serviceOrigin } = document.querySelector('main')?.dataset ?? {};
const origin = serviceOrigin || location.origin;
const memory = new PageMemory(pageStorage());
/** @type {import('../conversation/visitor.js').VisitorConversation | null} */
let conversation = null;

const page = new VisitorPage({
  document,
  words: new Words(document),
  isTouch: isTouchScreen,
  begin: () => void begin(),
  actions: {
    say: (text) => conversation?.say(text),
    retry: () => conversation?.retry(),
    end: () => void conversation?.end(),
    answer: (answer) => conversation?.decide(answer),
  },
});
const stopFollowing = followOpening(origin, (opening) => page.showOpening(opening));

async function begin() {
  stopFollowing();
  /** @type {import('../transport/socket.js').Connection | null} */
  let connection = null;
  conversation = await beginConversation({
    pins: JSON.parse(pins),
    denied: JSON.parse(denied),
    memory,
    send: (frame) => connection?.send(frame) ?? false,
    hangUp: () => connection?.stop(),
    farewell: (parting) => sayFarewell(origin, parting),
    timers: TIMERS,
    now_ms: () => Date.now(),
    changed: () => conversation && page.show(conversation.view),
  });
  connection = connect('visitor', origin, conversation);
}

guardLeaving(window, { clear: () => page.clear(), leave: () => conversation?.quit() });
followViewport(document.documentElement, window.visualViewport, () => page.resized());
if (crypto.subtle === undefined) page.showUnsupported();
else if (!memory.isEmpty) void begin();
