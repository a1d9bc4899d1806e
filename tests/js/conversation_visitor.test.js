/** What a visitor may do besides writing: ask for somebody else, tell who one is, show that one types. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { World } from './conversation_world.js';

const EXAMPLES = new URL('../fixtures/frames/visitor_receives/work.json', import.meta.url);
/** Its answer is 7. */
const [TASK] = JSON.parse(readFileSync(EXAMPLES, 'utf8')).valid;
const ABOUT = { alias: 'Exempel', when: 'during', where: 'home' };

/** @param {any} [about] */
async function waiting(about) {
  const world = await World.make();
  const visitor = await world.visitor({ about });
  await visitor.reaches('waiting');
  return { world, visitor };
}

/** A visitor and a mentor who talk. @param {any} [about] */
async function talking(about) {
  const { world, visitor } = await waiting(about);
  const mentor = await world.mentor();
  await world.clock.until(() => mentor.view.queue.count === 1, 'the queue is seen');
  mentor.part.take();
  await visitor.reaches('talking');
  await mentor.reaches('talking');
  return { world, visitor, mentor };
}

/** How many messages a visitor has posted. @param {World} world */
function posted(world) {
  const [held] = world.server.held.values();
  return held?.log.filter(({ sender, kind }) => sender === 'visitor' && kind === 'message').length;
}

test('somebody else cannot be asked for before a mentor has come, or without a connection', async () => {
  const { world, visitor } = await waiting();
  assert.equal(visitor.view.mayAsk, false);
  visitor.part.askForAnother();
  await world.clock.advance(100);
  assert.deepEqual(visitor.notices, []);
  assert.ok(!world.server.wire.some((frame) => frame.includes('another')));

  const { world: other, visitor: talker } = await talking();
  other.server.kill();
  await other.clock.until(() => !talker.view.connected, 'lost');

  assert.equal(talker.view.mayAsk, false);
});

test('a visitor who asks for somebody else stands first in line, and is asked what the next may read', async () => {
  const { world, visitor, mentor } = await talking();

  visitor.part.askForAnother();
  visitor.part.askForAnother();

  await visitor.reaches('waiting');
  await world.clock.until(() => mentor.view.ended === 'another', 'the mentor is told');
  assert.deepEqual(visitor.notices, ['another']);
  assert.equal(world.server.wire.filter((frame) => frame.includes('"another"')).length, 1);
  const second = await world.mentor({ alias: 'Robin' });
  await world.clock.until(() => second.view.queue.count === 1, 'queue');
  second.part.take();
  await world.clock.until(() => visitor.view.question !== null, 'the question');
});

test('a visitor who tells nothing of herself sends nothing about it', async () => {
  const { world, visitor, mentor } = await talking();

  visitor.say('Hej');
  await mentor.reads(['Hej']);

  assert.equal(posted(world), 1);
});

test('what a visitor tells of herself goes once to each mentor, also when the page was reloaded meanwhile', async () => {
  const { world, visitor } = await waiting(ABOUT);
  visitor.vanish();
  const again = await world.visitor({ storage: visitor.storage });
  await again.reaches('waiting');
  const mentor = await world.mentor();
  await world.clock.until(() => mentor.view.queue.count === 1, 'queue');

  mentor.part.take();
  await world.clock.until(() => posted(world) === 1, 'told');

  const { identity, certificate } = mentor;
  mentor.vanish();
  const back = await world.mentor({ identity, certificate });
  await back.reaches('talking');
  again.say('Hej');
  await back.reads(['Hej']);
  assert.equal(posted(world), 2);
  again.part.askForAnother();
  await again.reaches('waiting');
  const second = await world.mentor({ alias: 'Robin' });
  await world.clock.until(() => second.view.queue.count === 1, 'queue');
  second.part.take();
  await world.clock.until(() => again.view.question !== null, 'the question');
  again.part.decide('new');
  await world.clock.until(() => posted(world) === 3, 'told again');
});

test('a line that is taken back is gone for the mentor too, and after a reload', async () => {
  const { world, visitor, mentor } = await talking();
  visitor.say('ångrat');
  await mentor.reads(['ångrat']);

  visitor.part.takeBack(visitor.lines[0].id);

  await mentor.reads(['']);
  assert.ok(mentor.lines[0].isTakenBack);
  await visitor.isHeard();
  visitor.vanish();
  const again = await world.visitor({ storage: visitor.storage });
  await again.reads(['>']);
  assert.ok(again.lines[0].isTakenBack);
});

test('a mentor who types is seen, and stops by herself when she is gone', async () => {
  const { world, visitor } = await talking();
  const [held] = world.server.held.values();
  const peer = { type: 'peer', present: true, typing: true, visible: true, since_s: 0 };

  held?.visitorSocket?.say(peer);
  await world.clock.until(() => visitor.view.typing, 'typing');
  await world.clock.advance(6_100);
  assert.equal(visitor.view.typing, false);

  held?.visitorSocket?.say(peer);
  await world.clock.until(() => visitor.view.typing, 'typing');
  world.server.kill();
  await world.clock.until(() => !visitor.view.connected, 'lost');
  assert.equal(visitor.view.typing, false);
});

test('who is asked for work before she is let in finds the number, says it once, and waits as ever', async () => {
  const world = await World.make();
  world.server.task = { frame: TASK, number: 7 };
  // At once, because a quick machine has the number before anybody looks again.
  const stages = /** @type {string[]} */ ([]);
  const visitor = await world.visitor({
    changed: (part) => {
      if (!part.view.isWorking || stages.length > 0) return;
      stages.push(part.view.stage);
      part.say('Hej');
      part.typing(true);
    },
  });

  await visitor.reaches('waiting');

  assert.deepEqual(stages, ['joining']);
  assert.equal(visitor.view.isWorking, false);
  const answers = world.server.wire.filter((frame) => frame.includes('"work"'));
  assert.deepEqual(answers, ['{"type":"work","number":7}']);
  await world.clock.until(() => posted(world) === 1, 'what was written meanwhile is there');
});

test('who leaves while her browser works says no number', async () => {
  const world = await World.make();
  world.server.task = { frame: { ...TASK, ceiling: 100_000, target: TASK.salt.padEnd(43, 'A') }, number: 7 };
  const visitor = await world.visitor();
  await world.clock.until(() => visitor.view.isWorking, 'asked');

  await visitor.part.end();

  await world.clock.until(() => world.server.sockets.size === 0, 'hung up');
  assert.equal(visitor.view.stage, 'over');
  assert.ok(!world.server.wire.some((frame) => frame.includes('"work"')));
});
