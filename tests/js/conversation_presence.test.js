/** Signs of life: seldom, only while they may be shown, and gone by themselves. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Presence } from '../../theme/static/js/conversation/presence.js';
import { Clock } from './conversation_world.js';

function presence() {
  const clock = new Clock();
  /** @type {any[]} */
  const sent = [];
  let changes = 0;
  const made = new Presence({
    send: (frame) => sent.push(frame) > 0,
    timers: clock.timers,
    now_ms: () => clock.now_ms,
    changed: () => {
      changes += 1;
    },
  });
  return { clock, sent, presence: made, changes: () => changes };
}

const typing = { type: 'pulse', typing: true, visible: true };
const still = { type: 'pulse', typing: false, visible: true };
/** @param {Partial<import('../../theme/static/js/transport/frames.js').PeerFrame>} [other] @returns {any} */
const peer = (other) => ({ type: 'peer', present: true, typing: true, visible: true, since_s: 0, ...other });

test('nothing is told of somebody who does not want to show that she types', async () => {
  const { clock, sent, presence: own } = presence();
  own.share(false);

  own.typing();
  await clock.advance(10_000);

  assert.deepEqual(sent, []);
});

test('whoever turns it off while typing stops typing at once for the other side', () => {
  const { sent, presence: own } = presence();
  own.typing();

  own.share(false);

  assert.deepEqual(sent, [typing, still]);
});

test('a second of keys is one pulse, and ten seconds of keys are four', async () => {
  const { clock, sent, presence: own } = presence();

  for (let i = 0; i < 10; i += 1) {
    own.typing();
    await clock.advance(100);
  }
  assert.deepEqual(sent, [typing]);
  for (let i = 0; i < 90; i += 1) {
    own.typing();
    await clock.advance(100);
  }

  assert.deepEqual(sent, [typing, typing, typing, typing]);
});

test('who stops in the middle of a word is still after six seconds, and told once', async () => {
  const { clock, sent, presence: own } = presence();
  own.typing();

  await clock.advance(30_000);
  own.stopped();

  assert.deepEqual(sent, [typing, still]);
});

test('a page that goes to the back says so once, and again on a new connection', () => {
  const { sent, presence: own } = presence();

  own.shows(true);
  own.shows(false);
  own.shows(false);
  own.joined();
  own.shows(true);

  assert.deepEqual(
    sent.map((pulse) => pulse.visible),
    [false, false, true],
  );
});

test('the other side stops typing by itself after six seconds, or when it has spoken', async () => {
  const { clock, presence: own, changes } = presence();
  own.heard(peer());
  await clock.advance(5_900);
  assert.ok(own.peer.typing);
  own.heard(peer());
  await clock.advance(5_900);
  assert.ok(own.peer.typing);
  await clock.advance(200);
  assert.ok(!own.peer.typing);
  assert.equal(changes(), 1);

  own.heard(peer());
  own.rests();

  assert.ok(!own.peer.typing);
});

test('since when she has been away is counted from what the server says', () => {
  const { clock, presence: own } = presence();

  own.heard(peer({ present: false, typing: false, since_s: 30 }));

  assert.deepEqual(own.peer, {
    present: false,
    typing: false,
    visible: true,
    since_ms: clock.now_ms - 30_000,
  });
});
