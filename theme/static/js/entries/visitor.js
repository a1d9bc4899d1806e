/**
 * The visitor's page. Wires parts together; nothing is stored, and only /chatt/status is asked, before "Börja".
 * What seals and carries a conversation, half of all code, is fetched when somebody is about to begin one.
 */
import { remembersConversation } from '../conversation/remembering.js';
import * as browser from '../transport/browser.js';
import { atFirstSign } from '../ui/first_sign.js';
import { guardLeaving } from '../ui/leaving.js';
import { followViewport } from '../ui/viewport.js';
import { visitorActions } from '../ui/visitor_actions.js';
import { VisitorPage } from '../ui/visitor_page.js';
import { Words } from '../ui/words.js';

const { pins = '[]', denied = '[]', serviceOrigin } = document.querySelector('main')?.dataset ?? {};
const [origin, storage] = [serviceOrigin || location.origin, browser.pageStorage()];
let conversation = /** @type {import('../conversation/visitor.js').VisitorConversation | null} */ (null);

const page = new VisitorPage({
  document,
  words: new Words(document),
  isTouch: browser.isTouchScreen,
  timers: browser.TIMERS,
  ...browser.DEVICE,
  begin: (about) => void begin(about),
  ...browser.serviceAt(origin),
  actions: visitorActions(() => conversation),
});
const follow = () => browser.followOpening(origin, (opening) => page.showOpening(opening));
let stopFollowing = follow();
const fetchConversation = () => import('../conversation/beginning.js').catch(() => null);

async function begin(/** @type {import('../conversation/voice.js').About | null} */ about) {
  stopFollowing();
  let connection = /** @type {import('../transport/socket.js').Connection | null} */ (null);
  const fetched = await fetchConversation();
  if (fetched === null) {
    stopFollowing = follow(); // lets one press again
    return page.showOpening(null);
  }
  conversation = await fetched.beginConversation({
    pins: JSON.parse(pins),
    denied: JSON.parse(denied),
    storage,
    about,
    send: (frame) => connection?.send(frame) ?? false,
    hangUp: () => connection?.stop(),
    farewell: (parting) => browser.sayFarewell(origin, parting),
    timers: browser.TIMERS,
    now_ms: () => Date.now(),
    changed: () => conversation && page.show(conversation.view),
  });
  connection = browser.connect('visitor', origin, conversation);
}

guardLeaving(window, { clear: () => page.clear(), leave: () => conversation?.quit() });
browser.followVisibility((visible) => conversation?.shows(visible));
followViewport(document.documentElement, window.visualViewport, () => page.resized());
atFirstSign(document, () => void fetchConversation());
if (crypto.subtle === undefined) page.showUnsupported();
else if (remembersConversation(storage)) void begin(null);
