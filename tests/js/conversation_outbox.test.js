/** The outbox: numbers without holes, nothing lost, nothing twice. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Order } from '../../theme/static/js/conversation/order.js';
import { Outbox, WINDOW } from '../../theme/static/js/conversation/outbox.js';
import { Clock, turn } from './conversation_world.js';

/** @param {{fresh?: boolean}} [given] */
function outbox({ fresh = true } = {}) {
  const clock = new Clock();
  /** @type {any[]} */
  const posts = [];
  const box = new Outbox(
    { post: (frame) => posts.push(frame) > 0, timers: clock.timers, changed: () => {} },
    { fresh },
  );
  const add = (/** @type {string} */ text) => box.add('message', async () => ({ epoch: 0, body: text }));
  const sequences = () => posts.map((post) => post.sequence);
  return { clock, box, posts, add, sequences };
}

test('sealing that fails leaves no hole', async () => {
  const { box, add } = outbox();
  await add('a');

  await assert.rejects(box.add('message', async () => Promise.reject(new Error('no key'))));

  assert.equal(await add('b'), 1);
});

test('a reloaded page posts nothing before it knows its next number', async () => {
  const { box, posts, add, sequences } = outbox({ fresh: false });
  void add('new');
  box.resume(2);
  await turn();
  assert.deepEqual(posts, []);

  box.adopt({ sequence: 0, epoch: 0, kind: 'message', body: 'a' });
  box.adopt({ sequence: 1, epoch: 0, kind: 'message', body: 'b' });
  await turn();

  assert.deepEqual(sequences(), [2]);
});

test('own envelopes with other bytes, or with a number out of place, are called altered', async () => {
  const { box, add } = outbox();
  await add('a');

  assert.equal(box.adopt({ sequence: 0, epoch: 0, kind: 'message', body: 'other' }), 'altered');
  assert.equal(box.adopt({ sequence: 1, epoch: 0, kind: 'message', body: 'forged' }), 'altered');
  assert.equal(box.adopt({ sequence: 0, epoch: 0, kind: 'message', body: 'a' }), 'known');
});

test('slow sealing does not change the order', async () => {
  const { box, posts } = outbox();
  box.resume(0);

  const slow = box.add('message', async () => {
    await turn();
    await turn();
    return { epoch: 0, body: 'first' };
  });
  const quick = box.add('message', async () => ({ epoch: 0, body: 'second' }));

  assert.deepEqual(await Promise.all([slow, quick]), [0, 1]);
  assert.deepEqual(
    posts.map((post) => post.body),
    ['first', 'second'],
  );
});

test('nothing is posted while the connection is lost, and after it what the server lacks', async () => {
  const { box, add, posts, sequences } = outbox();
  box.resume(0);
  await add('a');
  box.lost();
  await add('b');
  assert.deepEqual(sequences(), [0]);

  box.resume(0);

  assert.deepEqual(sequences(), [0, 0, 1]);
  assert.equal(posts[0].body, posts[1].body);
});

test('no more than a window is on its way at once', async () => {
  const { box, add, sequences } = outbox();
  box.resume(0);
  for (let i = 0; i < WINDOW + 4; i += 1) await add(String(i));
  assert.equal(sequences().length, WINDOW);

  box.posted(0);

  assert.equal(sequences().length, WINDOW + 1);
});

test('a refused number is posted again from where the server is, once', async () => {
  const { clock, box, add, sequences } = outbox();
  box.resume(0);
  for (let i = 0; i < 4; i += 1) await add(String(i));

  for (let i = 0; i < 3; i += 1) box.refused('gap', { expected: 1 });
  await clock.advance(1_000);

  assert.deepEqual(sequences(), [0, 1, 2, 3, 1, 2, 3]);
});

test('too fast means waiting as long as the server says', async () => {
  const { clock, box, add, sequences } = outbox();
  box.resume(0);
  await add('a');

  box.refused('too_fast', { retry_after_s: 3 });
  await clock.advance(2_900);
  assert.deepEqual(sequences(), [0]);
  await clock.advance(1_000);

  assert.deepEqual(sequences(), [0, 0]);
});

test('a refusal for good marks the message as failed, and it can be sent again', async () => {
  const { box, add, sequences } = outbox();
  box.resume(0);
  await add('a');
  box.refused('wrong_epoch', { epoch: 2 });
  assert.equal(box.mark(0), 'failed');

  box.retry();

  assert.deepEqual(sequences(), [0, 0]);
  box.posted(0);
  assert.equal(box.mark(0), 'posted');
});

test('marks never go back, even when the server has forgotten', async () => {
  const { box, add } = outbox();
  box.resume(0);
  await add('a');
  await add('b');
  box.posted(1);
  box.delivered(1);

  box.lost();
  box.resume(0);

  assert.deepEqual([box.mark(0), box.mark(1)], ['delivered', 'posted']);
});

test('nobody can have received more than was sent', async () => {
  const { box, add } = outbox();
  box.resume(0);
  await add('a');

  box.delivered(500);
  await add('b');

  assert.equal(box.mark(1), 'sending');
});

test('a gap is said once and then passed, and what has been here before is dropped', () => {
  const order = new Order();

  const verdicts = [0, 1, 1, 0, 4, 2, 5].map((sequence) => order.take('visitor', sequence));

  assert.deepEqual(verdicts, ['next', 'next', 'again', 'again', 'gap', 'again', 'next']);
  assert.equal(order.accepted('visitor'), 6);
  assert.equal(order.accepted('mentor:other'), 0);
});
