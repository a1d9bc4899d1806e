/** The visitor's page in the mentor's words: minutes on the screen, and little for who listens. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PeerView } from '../../theme/static/js/ui/peer_view.js';

class Element {
  textContent = '';
  className = '';
}
Object.assign(globalThis, { HTMLElement: Element });

const MIN = 60_000;

function view() {
  /** @type {Record<string, Element>} */
  const elements = { '[data-peer]': new Element(), '[data-peer-said]': new Element() };
  const root = /** @type {any} */ ({ querySelector: (/** @type {string} */ name) => elements[name] });
  const say = (/** @type {string} */ name, /** @type {Record<string, unknown>} */ values = {}) =>
    [name, values['state'], name === 'since' ? values['minutes'] : undefined]
      .filter((part) => part !== undefined)
      .join(' ');
  const peer = new PeerView({ root, words: /** @type {any} */ ({ say }) });
  const text = () => elements['[data-peer]']?.textContent;
  const said = () => elements['[data-peer-said]']?.textContent;
  return { peer, text, said };
}

test('nothing is read aloud of a page that is away for a moment only, nor of minutes', () => {
  const { peer, text, said } = view();

  peer.show({ state: 'behind', since_ms: 0 }, 2_000);
  assert.equal(said(), '');
  peer.show({ state: 'open', since_ms: 3_000 }, 60_000);
  assert.equal(said(), '');
  peer.show({ state: 'behind', since_ms: 0 }, 2 * MIN);
  const once = said();
  peer.show({ state: 'behind', since_ms: 0 }, 9 * MIN);

  assert.deepEqual([once, said(), text()], ['page_behind', 'page_behind', 'since page_behind 9']);
});

test('what is told by headline and banner is not read aloud twice', () => {
  const { peer, said } = view();

  peer.show({ state: 'gone', since_ms: 0 }, 5 * MIN);
  peer.show({ state: 'unknown', since_ms: 0 }, 9 * MIN);

  assert.equal(said(), '');
});

test('that the page is in front again is read aloud, once it has stayed', () => {
  const { peer, said } = view();
  peer.show({ state: 'behind', since_ms: 0 }, MIN);

  peer.show({ state: 'open', since_ms: MIN }, MIN + 1_000);
  assert.equal(said(), '');
  peer.show({ state: 'open', since_ms: MIN }, MIN + 20_000);

  assert.equal(said(), 'page_open');
});

test('the minutes count, and an open page or one that nothing is known of has none', () => {
  const { peer, text } = view();
  const shown = (/** @type {any} */ state, /** @type {number} */ now_ms) => {
    peer.show({ state, since_ms: 0 }, now_ms);
    return text();
  };

  assert.equal(shown('gone', 59_000), 'since_now page_gone');
  assert.equal(shown('gone', MIN), 'since page_gone 1');
  assert.equal(shown('gone', -MIN), 'since_now page_gone');
  assert.equal(shown('open', 9 * MIN), 'page_open');
  assert.equal(shown('unknown', 9 * MIN), 'page_unknown');
});
