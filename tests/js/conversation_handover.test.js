/** A conversation is handed over: three answers, a colleague who does not come, and a former mentor who is out. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { World } from './conversation_world.js';

/** A visitor talks with Anna; Bo is on duty. */
async function talking() {
  const world = await World.make();
  const visitor = await world.visitor();
  visitor.say('före');
  await visitor.reaches('waiting');
  const anna = await world.mentor({ alias: 'Anna' });
  const bo = await world.mentor({ alias: 'Bo' });
  await world.clock.until(() => anna.view.queue.count === 1 && bo.view.connected, 'the queue is seen');
  anna.part.take();
  await visitor.reaches('talking');
  await anna.reaches('talking');
  await anna.reads(['före']);
  const colleague = { key: bo.identity.keyId, alias: 'Bo' };
  return { world, visitor, anna, bo, colleague };
}

/** Anna asks, and the visitor answers. @param {any} evening @param {string} answer */
async function answered({ world, visitor, anna, colleague }, answer) {
  anna.part.propose(colleague);
  await world.clock.until(() => visitor.view.question !== null, 'the question');
  visitor.part.decide(answer);
}

test('a visitor who says no goes on with her mentor, and nobody else is asked', async () => {
  const evening = await talking();
  const { world, visitor, anna, bo } = evening;

  await answered(evening, 'no');
  await world.clock.until(() => anna.notices.length === 1, 'Anna is told');

  assert.deepEqual(anna.notices, ['handover_refused']);
  assert.equal(anna.view.conversation.handover, null);
  assert.equal(visitor.view.question, null);
  assert.equal(bo.view.asked, null);
  assert.ok(!world.server.wire.join().includes('"consent"'));
});

test('the question names the colleague and is another than the one about a new mentor', async () => {
  const { world, visitor, anna, colleague } = await talking();

  anna.part.propose(colleague);
  await world.clock.until(() => visitor.view.question !== null, 'the question');

  assert.deepEqual(visitor.view.question, { alias: 'Bo', kind: 'handover' });
  assert.deepEqual(anna.view.conversation.handover, { alias: 'Bo', answer: null, isAsked: false });
});

test('a colleague who says no changes nothing, and both are told', async () => {
  const evening = await talking();
  const { world, visitor, anna, bo } = evening;
  await answered(evening, 'all');
  await world.clock.until(() => bo.view.asked !== null, 'Bo is asked');

  bo.part.turnDown();
  await world.clock.until(() => visitor.notices.length === 1 && anna.notices.length === 1, 'told');

  assert.deepEqual([...visitor.notices, ...anna.notices], ['not_taken_over', 'not_taken_over']);
  assert.equal(visitor.view.mentor, 'Anna');
  anna.say('Jag är kvar.');
  await visitor.reads(['>före', 'Jag är kvar.']);
});

test('a colleague who has gone meanwhile is told of at once', async () => {
  const evening = await talking();
  const { world, visitor, bo } = evening;
  bo.vanish();

  await answered(evening, 'all');

  await world.clock.until(() => visitor.notices.includes('not_taken_over'), 'told');
  assert.equal(visitor.view.stage, 'talking');
});

for (const [answer, read] of /** @type {[string, string[]][]} */ ([
  ['all', ['före']],
  ['new', []],
])) {
  test(`the colleague reads what "${answer}" allows, and the former mentor is out`, async () => {
    const evening = await talking();
    const { world, visitor, anna, bo } = evening;
    await answered(evening, answer);
    await world.clock.until(() => bo.view.asked !== null, 'Bo is asked');

    await bo.part.takeOver();
    await bo.reaches('talking');
    await world.clock.until(() => anna.view.conversation === null, 'Anna is out');
    visitor.say('efter');
    await bo.reads([...read, 'efter']);
    bo.say('Hej.');
    await visitor.reads(['>före', '>efter', 'Hej.']);

    assert.equal(anna.view.ended, 'handover');
    assert.equal(visitor.view.mentor, 'Bo');
    assert.deepEqual(visitor.notices, ['handed_over']);
    assert.deepEqual(bo.notices, []);
  });
}

test('a mentor who comes in place of the one agreed to is asked about by her own name', async () => {
  const evening = await talking();
  const { world, visitor, bo, colleague } = evening;
  // A relay that lies about who is who: the name that was agreed to is not the one in the certificate.
  colleague.alias = 'Kim';
  await answered(evening, 'all');
  await world.clock.until(() => bo.view.asked !== null, 'Bo is asked');

  await bo.part.takeOver();

  await world.clock.until(() => visitor.view.question !== null, 'a question of its own');
  assert.deepEqual(visitor.view.question, { alias: 'Bo', kind: 'new' });
  assert.equal(visitor.view.mentor, 'Anna');
});

test('what the former mentor sends after the handover is never shown, and is told of by her name', async () => {
  const evening = await talking();
  const { world, visitor, anna, bo } = evening;
  /** @type {any} */
  let late = null;
  // A relay that keeps one of her messages back until she is out.
  world.server.relay = (frame) => {
    const isHers = frame['kind'] === 'message' && frame['sender'] === `mentor:${anna.identity.keyId}`;
    if (late !== null || !isHers || evening.visitor.view.question !== null) return [frame];
    late = frame;
    return [];
  };
  anna.say('för sent');
  await world.clock.until(() => late !== null, 'kept back');
  await answered(evening, 'all');
  await world.clock.until(() => bo.view.asked !== null, 'Bo is asked');
  await bo.part.takeOver();
  await bo.reaches('talking');

  const socket = visitor.Socket.latest;
  socket.say({ ...late, position: 1000, sequence: 900 });

  await world.clock.until(() => visitor.notices.includes('too_late'), 'told');
  assert.ok(!visitor.texts.includes('för sent'));
});

test('a reload in the middle of the asking keeps the answer', async () => {
  const evening = await talking();
  const { world, visitor, anna, bo } = evening;
  await answered(evening, 'new');
  await world.clock.until(() => bo.view.asked !== null, 'Bo is asked');
  await world.clock.until(() => anna.view.conversation.handover?.answer === 'new', 'Anna has the answer');
  visitor.vanish();
  const again = await world.visitor({ storage: visitor.storage });
  await again.reaches('talking');
  await again.reads(['>före']);

  await bo.part.takeOver();

  await bo.reaches('talking');
  assert.equal(again.view.question, null);
  assert.equal(again.view.mentor, 'Bo');
  assert.deepEqual(bo.texts, []);
});

test('the colleague who was asked is free again when the conversation ends meanwhile', async () => {
  const evening = await talking();
  const { world, bo } = evening;
  await answered(evening, 'all');
  await world.clock.until(() => bo.view.asked !== null, 'Bo is asked');
  await bo.part.takeOver();
  assert.equal(bo.view.conversation.stage, 'letting_in');

  const [conversation] = world.server.held.keys();
  bo.Socket.latest.say({ type: 'unasked', conversation });

  await world.clock.until(() => bo.view.conversation === null, 'free');
  assert.equal(bo.view.ended, 'unasked');
});
