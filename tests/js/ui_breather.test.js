/** The pause after a conversation keeps what was ticked while the connection is away, and begins empty each time. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Breather } from '../../theme/static/js/ui/breather.js';

class Element {
  textContent = '';
  hidden = true;
  disabled = false;
  checked = false;
  value = 'listened';
  /** @type {() => unknown} */
  press = () => {};
  /** @type {Element[]} */
  ticks = [];

  /** @param {string} _ @param {() => unknown} heard */
  addEventListener(_, heard) {
    this.press = heard;
  }

  querySelectorAll() {
    return this.ticks;
  }
}
Object.assign(globalThis, { HTMLElement: Element, HTMLButtonElement: Element });

function breather({ isKept = true } = {}) {
  const tick = new Element();
  /** @type {Record<string, Element>} */
  const elements = {};
  for (const name of ['breather', 'need-to-talk', 'talk-told', 'rested'])
    elements[`[data-${name}]`] = new Element();
  const [root, need, told] = Object.values(elements);
  if (root === undefined || need === undefined || told === undefined) throw new Error('too few');
  root.ticks = [tick];
  /** @type {string[][]} */
  const sent = [];
  const part = new Breather({
    root: /** @type {any} */ ({ querySelector: (/** @type {string} */ name) => elements[name] }),
    words: /** @type {any} */ ({ say: (/** @type {string} */ name) => name }),
    rested: (ticks) => sent.push(ticks),
    askToTalk: async () => isKept,
  });
  const view = { conversation: null, ended: 'visitor', connected: true, stopped: null };
  const see = (/** @type {object} */ change = {}) => part.show(/** @type {any} */ ({ ...view, ...change }));
  return { part, root, need, told, tick, sent, see };
}

test('no pause without a conversation that was had, and none can be ended that is not there', () => {
  const { part, root, sent, see } = breather();

  const pauses = [
    see({ ended: null }),
    see({ ended: 'declined' }),
    see({ ended: 'unasked' }),
    see({ stopped: 'signed_out' }),
    see({ conversation: {} }),
  ];
  part.goOn();

  assert.deepEqual(pauses, [false, false, false, false, false]);
  assert.equal(root.hidden, true);
  assert.deepEqual(sent, []);
});

test('what was ticked survives a lost connection, and the next pause begins empty', () => {
  const { part, root, tick, sent, see } = breather();
  see();
  tick.checked = true;

  see({ connected: false });
  assert.equal(root.hidden, true);
  see();
  assert.equal(tick.checked, true);
  part.goOn();

  assert.deepEqual(sent, [['listened']]);
  see({ ended: null });
  tick.checked = true;
  see();
  assert.equal(tick.checked, false);
});

test('a wish to talk is sent once when it is kept, and again when it was not', async () => {
  const kept = breather();
  const lost = breather({ isKept: false });
  for (const { see, need } of [kept, lost]) {
    see();
    await need.press();
  }

  assert.deepEqual([kept.need.disabled, kept.told.textContent], [true, 'talk_kept']);
  assert.deepEqual([lost.need.disabled, lost.told.textContent], [false, 'talk_not_kept']);
});
