/** What a mentor is told of her visitor besides the words: is the page there, since when, and is something being written. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { World } from './conversation_world.js';

/** A visitor and a mentor who talk, and the mentor's newest socket. */
async function talking() {
  const world = await World.make();
  const visitor = await world.visitor();
  await visitor.reaches('waiting');
  const mentor = await world.mentor();
  await world.clock.until(() => mentor.view.queue.count === 1, 'the queue is seen');
  mentor.part.take();
  await mentor.reaches('talking');
  await visitor.reaches('talking');
  const [held] = world.server.held.values();
  const hears = async (/** @type {object} */ other) => {
    const peer = { type: 'peer', present: true, typing: false, visible: true, since_s: 0, ...other };
    held?.mentorSocket?.say(peer);
    await world.clock.advance(0);
  };
  const pulses = () => held?.mentorSocket?.sent.filter((frame) => frame['type'] === 'pulse') ?? [];
  return { world, visitor, mentor, hears, pulses, page: () => mentor.view.conversation?.page };
}

test('nothing is said of the page before the server has said it', async () => {
  const { page } = await talking();

  assert.equal(page()?.state, 'unknown');
});

test('the page is open, behind another one or gone, since when the server says', async () => {
  const { world, hears, page } = await talking();

  await hears({});
  assert.equal(page()?.state, 'open');
  await hears({ visible: false, since_s: 120 });
  assert.deepEqual(page(), { state: 'behind', since_ms: world.clock.now_ms - 120_000 });
  await hears({ present: false, visible: false, since_s: 5 });

  assert.deepEqual(page(), { state: 'gone', since_ms: world.clock.now_ms - 5_000 });
});

test('a page that goes to the back is seen, and that it comes back', async () => {
  const { world, visitor, page } = await talking();

  visitor.part.shows(false);
  await world.clock.until(() => page()?.state === 'behind', 'behind');
  visitor.part.shows(true);

  await world.clock.until(() => page()?.state === 'open', 'open');
});

test('while the own connection is lost nothing is known, not even what was', async () => {
  const { world, hears, page } = await talking();
  await hears({});

  world.server.kill();
  await world.clock.advance(0);

  assert.equal(page()?.state, 'unknown');
});

test('a visitor who writes is seen writing, and no longer when six seconds have brought nothing', async () => {
  const { world, hears, mentor } = await talking();

  await hears({ typing: true });
  assert.equal(mentor.view.conversation?.typing, true);
  await world.clock.advance(5_900);
  assert.equal(mentor.view.conversation?.typing, true);
  await world.clock.advance(200);

  assert.equal(mentor.view.conversation?.typing, false);
});

test('who has sent a message, or cannot be heard, is not seen writing', async () => {
  const { world, visitor, hears, mentor } = await talking();
  await hears({ typing: true });
  visitor.say('klart');
  await mentor.reads(['klart']);
  assert.equal(mentor.view.conversation?.typing, false);
  await hears({ typing: true });

  world.server.kill();
  await world.clock.advance(0);

  assert.equal(mentor.view.conversation?.typing, false);
});

test('the mentor tells that she writes every third second at most, never that her page is behind', async () => {
  const { world, mentor, pulses } = await talking();

  for (let i = 0; i < 50; i += 1) {
    mentor.part.typing(true);
    await world.clock.advance(100);
  }
  mentor.part.say('svar');
  await world.clock.advance(0);

  const typing = { type: 'pulse', typing: true, visible: true };
  assert.deepEqual(pulses(), [typing, typing, { ...typing, typing: false }]);
});

test('after the conversation no key tells anything', async () => {
  const { world, mentor, pulses } = await talking();
  mentor.part.typing(true);
  await mentor.part.end();

  mentor.part.typing(true);
  await world.clock.advance(20_000);

  assert.equal(pulses().length, 1);
});
