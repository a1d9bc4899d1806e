/**
 * Visitors as their browsers run them, without a page: the very modules that are served, in Node.
 *
 *     node --experimental-websocket visitors.mjs ORIGIN PIN COUNT
 *
 * Reads one JSON request a line: {"say": milliseconds} lets everybody say something about so often (0: stop),
 * {"tell": true} is answered with one line: what each said and was shown. Ends when standard input does.
 */

import { createInterface } from 'node:readline';
import { beginConversation } from '../../theme/static/js/conversation/beginning.js';
import { Connection } from '../../theme/static/js/transport/socket.js';

const [origin = '', pin = '', count = '1'] = process.argv.slice(2);
const timers = { set: setTimeout, clear: clearTimeout };

/** Node 20 tells of a connection that never came about by an error alone; browsers close it as well. */
class BrowsersSocket extends WebSocket {
  /** @param {string} url */
  constructor(url) {
    super(url);
    this.addEventListener('error', () => setTimeout(() => this.onclose?.({ code: 1006 })));
  }
}
/** What a page remembers, for as long as it lives. */
class Nowhere {
  #items = new Map();
  getItem(/** @type {string} */ key) {
    return this.#items.get(key) ?? null;
  }
  setItem(/** @type {string} */ key, /** @type {string} */ value) {
    this.#items.set(key, value);
  }
  removeItem(/** @type {string} */ key) {
    this.#items.delete(key);
  }
}

async function visitor() {
  /** @type {string[]} */
  const said = [];
  let id = '';
  const conversation = await beginConversation({
    pins: [pin],
    denied: [],
    storage: new Nowhere(),
    about: null,
    send: (/** @type {object} */ frame) => connection.send(frame),
    hangUp: () => connection.stop(),
    farewell: () => {},
    timers,
    now_ms: () => Date.now(),
    changed: () => {},
  });
  const connection = new Connection({
    url: `${origin.replace('http', 'ws')}/chatt/ws/visitor`,
    seat: 'visitor',
    WebSocket: BrowsersSocket,
    timers,
    random: Math.random,
    join: async (welcome) => {
      const join = await conversation.join(welcome);
      id = join.conversation;
      return join;
    },
    receive: (frame) => conversation.receive(frame),
    changed: (state, reason) => conversation.connection(state, reason),
    failed: (error) => console.error(error),
    endsAt1000: true,
  });
  connection.start();
  return {
    say() {
      if (conversation.view.stage !== 'talking') return;
      said.push(`${id.slice(0, 6)} besökare ${said.length}`);
      conversation.say(said.at(-1));
    },
    tell() {
      const { stage, lines, connected } = conversation.view;
      const of = (/** @type {string} */ who) => lines.filter((line) => line.who === who);
      return {
        id,
        stage,
        connected,
        said,
        own: of('own').map((line) => line.text),
        waiting: of('own').filter((line) => line.mark !== 'posted' && line.mark !== 'delivered').length,
        shown: of('other').map((line) => line.text),
        notices: of('notice').map((line) => line.notice),
      };
    },
  };
}

const visitors = await Promise.all(Array.from({ length: Number(count) }, visitor));
/** @type {ReturnType<typeof setInterval> | undefined} */
let saying;
for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  if ('say' in request) {
    clearInterval(saying);
    if (request.say > 0)
      saying = setInterval(
        () => visitors[Math.floor(Math.random() * visitors.length)].say(),
        request.say / visitors.length,
      );
  }
  if (request.tell) console.log(JSON.stringify(visitors.map((each) => each.tell())));
}
process.exit(0);
