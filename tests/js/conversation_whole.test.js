/** Whole conversations, visitor and mentor, with real sealing and a forgetful server in memory. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMentorIdentity } from '../../theme/static/js/crypto/identity.js';
import { newSigningKey } from '../../theme/static/js/crypto/suite.js';
import { World } from './conversation_world.js';

/** A visitor and a mentor who talk. */
async function talking() {
  const world = await World.make();
  const visitor = await world.visitor();
  await visitor.reaches('waiting');
  const mentor = await world.mentor();
  await world.clock.until(() => mentor.view.queue.count === 1, 'the queue is seen');
  mentor.part.take();
  await visitor.reaches('talking');
  await mentor.reaches('talking');
  return { world, visitor, mentor };
}

test('a certificate that no pinned key signed is declined, and the visitor is told and waits again', async () => {
  const world = await World.make();
  const visitor = await world.visitor();
  await visitor.reaches('waiting');
  const identity = await createMentorIdentity();
  const certificate = await world.certify(identity, 'Falsk', await newSigningKey(false));
  const mentor = await world.mentor({ identity, certificate });
  await world.clock.until(() => mentor.view.connected, 'connected');

  mentor.part.take();
  await world.clock.until(() => mentor.view.ended === 'declined', 'the mentor is told');

  await visitor.reaches('waiting');
  assert.deepEqual(visitor.notices, ['declined']);
  assert.equal(visitor.view.mentor, null);
  assert.equal(visitor.view.place, 1);
});

test('a mentor on the deny-list is declined', async () => {
  const world = await World.make();
  const identity = await createMentorIdentity();
  const visitor = await world.visitor({ denied: [identity.keyId] });
  await visitor.reaches('waiting');
  const mentor = await world.mentor({ identity });
  await world.clock.until(() => mentor.view.connected, 'connected');

  mentor.part.take();

  await world.clock.until(() => mentor.view.ended === 'declined', 'declined');
});

test('a visitor whose conversation the server does not know is told and keeps nothing', async () => {
  const world = await World.make();
  const visitor = await world.visitor();
  await visitor.reaches('waiting');
  const again = await world.visitor({ storage: visitor.storage });
  world.server.kill();
  world.server.start();

  await again.reaches('over');

  assert.equal(again.view.over, 'unknown');
  assert.equal(visitor.storage.items.size, 0);
});

test('what is written while waiting is the first thing the mentor reads, and marks follow it', async () => {
  const world = await World.make();
  const visitor = await world.visitor();
  visitor.say('Hej?');
  await visitor.reaches('waiting');
  visitor.say('Jag vet inte var jag ska börja.');
  await world.clock.until(() => visitor.marks.every((mark) => mark === 'posted'), 'posted');
  const mentor = await world.mentor({ alias: 'Kim' });
  await world.clock.until(() => mentor.view.queue.count === 1, 'queue');

  mentor.part.take();
  await mentor.reads(['Hej?', 'Jag vet inte var jag ska börja.']);
  mentor.say('Välkommen.');

  await visitor.reads(['>Hej?', '>Jag vet inte var jag ska börja.', 'Välkommen.']);
  await world.clock.until(() => visitor.marks.every((mark) => mark === 'delivered'), 'Framme');
  await world.clock.until(() => mentor.marks.every((mark) => mark === 'delivered'), 'Framme');
  assert.equal(visitor.view.mentor, 'Kim');
  assert.equal(visitor.lines.at(-1).name, 'Kim');
});

test('the server never sees a text', async () => {
  const { world, visitor, mentor } = await talking();

  visitor.say('hemligtord');
  await mentor.reads(['hemligtord']);
  mentor.say('hemligtsvar');
  await mentor.reads(['hemligtord', '>hemligtsvar']);
  await visitor.reads(['>hemligtord', 'hemligtsvar']);

  assert.ok(world.server.wire.length > 5);
  assert.ok(!world.server.wire.join().includes('hemligt'));
});

test('many messages at once keep their numbers, their order, and come once', async () => {
  const { visitor, mentor } = await talking();
  const numbers = Array.from({ length: 40 }, (_, i) => String(i));

  for (const number of numbers) visitor.say(number);

  await mentor.reads(numbers);
  assert.deepEqual(mentor.notices, []);
});

test('a server killed in mid-conversation loses nothing and doubles nothing', async () => {
  const { world, visitor, mentor } = await talking();
  visitor.say('ett');
  await mentor.reads(['ett']);
  mentor.say('två');
  await mentor.reads(['ett', '>två']);
  await visitor.reads(['>ett', 'två']);

  world.server.kill();
  visitor.say('tre');
  mentor.say('fyra');
  await world.clock.until(() => !visitor.view.connected && !mentor.view.connected, 'lost');
  world.server.start();

  await world.clock.until(() => visitor.texts.length === 4 && mentor.texts.length === 4, 'all there');
  assert.deepEqual(visitor.texts, ['>ett', 'två', '>tre', 'fyra']);
  assert.deepEqual(mentor.texts, ['ett', '>två', '>fyra', 'tre']);
  visitor.say('fem');
  await mentor.reads(['ett', '>två', '>fyra', 'tre', 'fem']);
  await world.clock.until(() => visitor.marks.every((mark) => mark === 'delivered'), 'Framme');
  assert.deepEqual([...visitor.notices, ...mentor.notices], []);
});

test('a queue ticket brings a waiting visitor and what she wrote back after a kill', async () => {
  const world = await World.make();
  const visitor = await world.visitor();
  visitor.say('Hej');
  await world.clock.until(() => visitor.marks[0] === 'posted', 'posted');

  world.server.kill();
  world.server.start();
  const mentor = await world.mentor();
  await world.clock.until(() => mentor.view.queue.count === 1, 'back in the queue');
  mentor.part.take();

  await mentor.reads(['Hej']);
});

test('a reloaded mentor page is let in silently and shows what was said before', async () => {
  const { world, visitor, mentor } = await talking();
  visitor.say('ett');
  await mentor.reads(['ett']);
  mentor.say('två');
  await visitor.reads(['>ett', 'två']);
  await mentor.isHeard();
  mentor.vanish();
  visitor.say('tre');

  const { identity, certificate } = mentor;
  const again = await world.mentor({ identity, certificate });
  await again.reads(['ett', '>två', 'tre']);
  again.say('fyra');

  await visitor.reads(['>ett', 'två', '>tre', 'fyra']);
  assert.equal(visitor.view.question, null);
  assert.deepEqual([...visitor.notices, ...again.notices], []);
});

test('a reloaded visitor page finds the conversation again and goes on', async () => {
  const { world, visitor, mentor } = await talking();
  visitor.say('ett');
  await mentor.reads(['ett']);
  mentor.say('två');
  await mentor.reads(['ett', '>två']);
  await visitor.reads(['>ett', 'två']);
  visitor.vanish();

  const again = await world.visitor({ storage: visitor.storage });
  await again.reads(['>ett', 'två']);
  again.say('tre');

  await mentor.reads(['ett', '>två', 'tre']);
  assert.equal(again.view.mentor, 'Kim');
  assert.deepEqual([...again.notices, ...mentor.notices], []);
  assert.ok(again.lines.every((line) => line.text === 'tre' || line.at_ms === null));
});

test('what a reload keeps in storage holds no text and no root', async () => {
  const { visitor } = await talking();

  const kept = JSON.parse(visitor.storage.items.get('samtal') ?? '');

  assert.deepEqual(Object.keys(kept).sort(), ['blob', 'id', 'incarnation', 'key', 'r']);
});

for (const [answer, expected] of /** @type {const} */ ([
  ['all', ['gammalt', 'gammalt svar', 'nytt']],
  ['new', ['nytt']],
])) {
  test(`a second mentor is asked for, and "${answer}" decides what she reads`, async () => {
    const { world, visitor, mentor } = await talking();
    visitor.say('gammalt');
    await mentor.reads(['gammalt']);
    mentor.say('gammalt svar');
    await visitor.reads(['>gammalt', 'gammalt svar']);
    const held = [...world.server.held.values()][0];
    mentor.vanish();
    if (held) world.server.release(held);
    await visitor.reaches('waiting');
    const second = await world.mentor({ alias: 'Robin' });
    await world.clock.until(() => second.view.queue.count === 1, 'queue');

    second.part.take();
    await world.clock.until(() => visitor.view.question !== null, 'the question');
    assert.equal(visitor.view.question.alias, 'Robin');
    assert.equal(visitor.view.mentor, 'Kim');
    visitor.part.decide(answer);
    await visitor.reaches('talking');
    visitor.say('nytt');

    await second.reads([...expected]);
    assert.equal(second.lines.filter((line) => line.who === 'former').length, answer === 'all' ? 1 : 0);
    assert.equal(visitor.view.mentor, 'Robin');
    assert.deepEqual(visitor.notices, ['mentor_gone']);
  });
}

test('"no" to a second mentor lets her read nothing and puts the visitor first in line', async () => {
  const { world, visitor, mentor } = await talking();
  const held = [...world.server.held.values()][0];
  mentor.vanish();
  if (held) world.server.release(held);
  const second = await world.mentor({ alias: 'Robin' });
  await world.clock.until(() => second.view.queue.count === 1, 'queue');
  second.part.take();
  await world.clock.until(() => visitor.view.question !== null, 'the question');

  visitor.part.decide('no');

  await visitor.reaches('waiting');
  await world.clock.until(() => second.view.ended === 'declined', 'told');
});

test('a gap, a repetition and altered bytes are each noticed', async () => {
  const { world, visitor, mentor } = await talking();
  visitor.say('ett');
  await mentor.reads(['ett']);
  let dropped = false;
  world.server.relay = (frame) => {
    if (frame['sender'] !== 'visitor' || frame['kind'] !== 'message') return [frame];
    if (!dropped) {
      dropped = true;
      return [];
    }
    return [frame, { ...frame }, { ...frame, position: frame['position'] + 100 }];
  };

  visitor.say('två');
  visitor.say('tre');
  await mentor.reads(['ett', 'tre']);
  world.server.relay = (frame) => [
    { ...frame, position: frame['position'] + 200, body: `AAAA${frame['body'].slice(4)}` },
  ];
  visitor.say('fyra');

  await world.clock.until(() => mentor.notices.length === 3, 'each is said');
  assert.deepEqual(mentor.notices, ['gap', 'repeated', 'unreadable']);
  assert.deepEqual(mentor.texts, ['ett', 'tre']);
});

test('a server that tells everything anew after a restart is not blamed for it', async () => {
  const { world, visitor, mentor } = await talking();
  visitor.say('ett');
  await mentor.reads(['ett']);
  mentor.say('två');
  await visitor.reads(['>ett', 'två']);

  world.server.kill();
  world.server.start();
  visitor.say('tre');
  await mentor.reads(['ett', '>två', 'tre']);

  assert.deepEqual([...visitor.notices, ...mentor.notices], []);
});

for (const [lost, isTold] of /** @type {const} */ ([
  ['nothing', false],
  ['the goodbye', true],
  ['what came before the goodbye', true],
])) {
  test(`both are told when they lack the end of the other's words: ${lost} is lost`, async () => {
    for (const speaker of ['visitor', 'mentor']) {
      const { world, visitor, mentor } = await talking();
      const [says, hears] = speaker === 'visitor' ? [visitor, mentor] : [mentor, visitor];
      let messages = 0;
      world.server.relay = (frame) => {
        if (!frame['sender'].startsWith(speaker) || frame['kind'] !== 'message') return [frame];
        messages += 1;
        const isLost = lost === 'the goodbye' ? messages === 2 : lost !== 'nothing' && messages === 1;
        return isLost ? [] : [frame];
      };

      says.say('det sista');
      void says.part.end();
      await world.clock.until(
        () => (speaker === 'visitor' ? mentor.view.ended : visitor.view.over) !== null,
        'the end',
      );

      assert.equal(hears.view.isCut, isTold, speaker);
    }
  });
}

test('the end of one side is the end of both, and nothing is left', async () => {
  const { world, visitor, mentor } = await talking();
  visitor.say('ett');
  await mentor.reads(['ett']);

  void visitor.part.end();
  assert.equal(visitor.view.stage, 'over');
  await world.clock.until(() => mentor.view.ended === 'visitor', 'the mentor is told');

  assert.equal(mentor.view.conversation, null);
  assert.deepEqual(visitor.lines, []);
  assert.equal(visitor.view.over, 'visitor');
  assert.equal(visitor.storage.items.size, 0);
  assert.equal(world.server.held.size, 0);
});

test('the mentor ends, and the visitor is told by whom', async () => {
  const { visitor, mentor, world } = await talking();

  void mentor.part.end();

  await visitor.reaches('over');
  assert.equal(visitor.view.over, 'mentor');
  assert.equal(visitor.storage.items.size, 0);
  await world.clock.until(() => mentor.view.conversation === null, 'the desk is free');
});

test('a mentor who ends while the server cannot hear is obeyed when it can', async () => {
  const { visitor, mentor, world } = await talking();
  world.server.kill();
  await world.clock.until(() => !mentor.view.connected, 'lost');

  await mentor.part.end();
  assert.equal(mentor.view.conversation, null);
  world.server.start();

  await visitor.reaches('over');
});

test('a mentor who ends while the server cannot hear brings her ticket, so that it knows what to end', async () => {
  const { visitor, mentor, world } = await talking();
  visitor.vanish();
  world.server.kill();
  await world.clock.until(() => !mentor.view.connected, 'lost');

  await mentor.part.end();
  world.server.start();

  await world.clock.until(() => world.server.ended.size === 1, 'ended');
});

test('leaving the queue frees the place', async () => {
  const world = await World.make();
  const visitor = await world.visitor();
  await visitor.reaches('waiting');

  await visitor.part.end();

  await world.clock.until(() => world.server.held.size === 0, 'freed');
  assert.equal(visitor.view.over, 'left');
});

test('an older tab of the same conversation gives way to the newer one', async () => {
  const { visitor, world } = await talking();

  const newer = await world.visitor({ storage: visitor.storage });
  await newer.reaches('talking');

  assert.equal(visitor.view.over, 'newer_tab');
  assert.equal(visitor.storage.items.size, 1);
});

test('a page that is left in a hurry forgets at once and tells the server which conversation is over', async () => {
  const { visitor, world } = await talking();
  visitor.say('ett');

  visitor.part.quit();

  assert.equal(visitor.view.over, 'left');
  assert.deepEqual(visitor.lines, []);
  assert.equal(visitor.storage.items.size, 0);
  const held = [...world.server.held.values()][0];
  assert.deepEqual(world.server.farewells, [{ conversation: held?.id, token: held?.token }]);
});

test('ending while the connection is lost clears the page and leaves a word for the server', async () => {
  const { visitor, world } = await talking();
  world.server.kill();
  await world.clock.until(() => !visitor.view.connected, 'lost');

  await visitor.part.end();

  assert.equal(visitor.view.over, 'visitor');
  assert.equal(world.server.farewells.length, 1);
});

test("a mentor's page that is reloaded while the service dies too comes back into the conversation", async () => {
  const { world, visitor, mentor } = await talking();
  for (const text of ['ett', 'två', 'tre']) mentor.say(text);
  await visitor.reads(['ett', 'två', 'tre']);
  visitor.say('fyra');
  await mentor.isHeard();

  world.server.kill();
  mentor.vanish();
  world.server.start();
  const { identity, certificate } = mentor;
  await world.clock.until(() => world.server.held.size === 1, 'the visitor has brought it back');
  const again = await world.mentor({ identity, certificate });
  await again.reads(['fyra']);
  again.say('Där är du.');

  await visitor.reads(['ett', 'två', 'tre', '>fyra', 'Där är du.']);
  visitor.say('Och du.');
  await again.reads(['fyra', '>Där är du.', 'Och du.']);
  assert.deepEqual(visitor.notices, []);
});
