/** The line between a mentor and the coordinators: what is refused and said, and that it leaves nothing behind. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LineWorld } from './line_world.js';

/** A mentor who has asked, and a coordinator who has read it. */
async function asked() {
  const world = await LineWorld.make();
  const coordinator = await world.coordinator();
  const mentor = await world.mentor();
  mentor.part.ask('Vad gör jag?');
  await world.until(() => mentor.marks()[0] === 'got', 'the question is there');
  return { world, coordinator, mentor };
}

/** @param {import('./line_world.js').Frame} frame */
const isText = (frame) => frame['type'] === 'line';

test('nobody is asked while nobody is there, and nothing leaves the page', async () => {
  const world = await LineWorld.make();
  const mentor = await world.mentor();

  assert.equal(mentor.part.view.state, 'nobody');
  assert.equal(mentor.part.ask('Hallå?'), false);
  assert.deepEqual(mentor.part.view.entries, []);
  assert.deepEqual(mentor.sent, []);
});

test('a browser without a certificate cannot ask, and a page that is not connected neither', async () => {
  const world = await LineWorld.make();
  await world.coordinator();
  const uncertified = await world.mentor(null);
  const lost = await world.mentor();
  lost.loses();

  assert.equal(uncertified.part.view.state, 'uncertified');
  assert.equal(uncertified.part.ask('Hallå?'), false);
  assert.equal(lost.part.view.state, 'unknown');
  assert.equal(lost.part.ask('Hallå?'), false);
});

test('a question that somebody altered on the way is not shown, and that is said', async () => {
  const { world, coordinator, mentor } = await asked();
  world.relay = (frame) => {
    if (!isText(frame)) return [frame];
    const body = JSON.parse(frame['body']);
    return [{ ...frame, body: JSON.stringify({ ...body, sealed: `AAAA${body.sealed.slice(4)}` }) }];
  };

  mentor.part.ask('Och nu?');

  await world.until(() => coordinator.texts()[0]?.length === 2, 'something came');
  assert.deepEqual(coordinator.texts(), [['Vad gör jag?', 'line_unreadable']]);
});

test('a mentor nobody certified, and another one’s opening, are counted and never shown', async () => {
  const { world, coordinator, mentor } = await asked();
  const question = mentor.sent.find(isText);

  const page = 'A'.repeat(22);
  await world.says(coordinator.page, { ...question, page });
  await world.says(coordinator.page, { ...question, page, body: '{"sealed":""}' });
  await world.says(coordinator.page, { ...question, page, body: 'no JSON' });

  assert.equal(coordinator.part.view.refused, 3);
  assert.deepEqual(coordinator.texts(), [['Vad gör jag?']]);
});

test('a page that opens a second line under the same name is refused', async () => {
  const { world, coordinator, mentor } = await asked();
  const other = await world.mentor('Annan');
  other.part.ask('Jag också');
  await world.until(() => coordinator.texts()[1]?.length === 1, 'both ask');
  const foreign = other.sent.find(isText);

  await world.says(coordinator.page, { ...foreign, page: mentor.page(), number: 1 });

  assert.equal(coordinator.part.view.refused, 1);
  assert.deepEqual(coordinator.texts(), [['Vad gör jag?'], ['Jag också']]);
});

test('what the service repeats is shown once, on both sides', async () => {
  const { world, coordinator, mentor } = await asked();
  world.relay = (frame) => [frame, frame];

  mentor.part.ask('En gång');
  coordinator.part.answer(mentor.page(), 'Ett svar');
  await world.until(() => mentor.texts().includes('Ett svar'), 'answered');
  await world.until(() => coordinator.texts()[0]?.includes('En gång'), 'asked');
  await world.clock.advance(100);

  assert.deepEqual(
    mentor.texts().filter((text) => text === 'Ett svar'),
    ['Ett svar'],
  );
  assert.equal(coordinator.texts()[0]?.filter((text) => text === 'En gång').length, 1);
});

test('what the service drops is said by the next that comes, and never counts as arrived', async () => {
  const { world, coordinator, mentor } = await asked();
  world.relay = (frame) => (isText(frame) ? [] : [frame]);
  mentor.part.ask('Försvinner');
  await world.until(() => mentor.marks()[1] === 'sent', 'it is on its way');
  world.relay = null;

  mentor.part.ask('Kommer fram');

  await world.until(() => mentor.marks()[2] === 'got', 'the next is there');
  assert.deepEqual(coordinator.texts(), [['Vad gör jag?', 'line_gap', 'Kommer fram']]);
  await world.clock.advance(20_000);
  assert.equal(mentor.marks()[1], 'lost');
});

test('an answer that the service drops is said by the next, and can be sent again', async () => {
  const { world, coordinator, mentor } = await asked();
  world.relay = (frame) => (isText(frame) ? [] : [frame]);
  coordinator.part.answer(mentor.page(), 'Försvinner');
  const own = () => coordinator.part.view.talks[0]?.entries.filter((entry) => entry.who === 'own') ?? [];
  await world.until(() => own()[0]?.mark === 'sent', 'it is on its way');
  await world.clock.advance(20_000);
  assert.equal(own()[0]?.mark, 'lost');
  world.relay = null;

  coordinator.part.retry(mentor.page(), own()[0]?.id ?? 0);

  await world.until(() => own()[0]?.mark === 'got', 'it is there');
  assert.deepEqual(mentor.texts(), ['Vad gör jag?', 'line_gap', 'Försvinner']);
});

test('an answer reaches the mentor who asked and no other', async () => {
  const { world, coordinator, mentor } = await asked();
  const other = await world.mentor('Annan');
  other.part.ask('Jag också');
  await world.until(() => coordinator.texts()[1]?.length === 1, 'both ask');

  coordinator.part.answer(mentor.page(), 'Andas.');

  await world.until(() => mentor.part.view.unread === 1, 'answered');
  assert.deepEqual(mentor.texts(), ['Vad gör jag?', 'Andas.']);
  assert.deepEqual(other.texts(), ['Jag också']);
  mentor.part.read();
  assert.equal(mentor.part.view.unread, 0);
});

test('every coordinator who is there reads the question, with the name from the certificate', async () => {
  const { world, coordinator, mentor } = await asked();
  const second = await world.coordinator();
  await mentor.told();

  mentor.part.ask('Är ni där?');

  await world.until(() => second.texts()[0]?.includes('Är ni där?'), 'the second reads');
  assert.deepEqual(second.texts(), [['Är ni där?']]);
  assert.equal(second.part.view.talks[0]?.alias, 'Exempel');
  await world.until(() => coordinator.texts()[0]?.length === 2, 'the first reads too');
});

test('a question to a page that is gone is told as not delivered, and can be sent again', async () => {
  const { world, coordinator, mentor } = await asked();
  coordinator.leaves();
  mentor.part.ask('Är du kvar?');
  await world.until(() => mentor.marks()[1] === 'lost', 'it is told');

  coordinator.returns();
  const lost = mentor.part.view.entries.find((entry) => entry.mark === 'lost');
  mentor.part.retry(lost?.id ?? 0);

  await world.until(() => mentor.marks()[1] === 'got', 'it is there');
  assert.deepEqual(coordinator.texts(), [['Vad gör jag?', 'line_gap', 'Är du kvar?']]);
});

test('a question that was sent again has its whole time, whatever was left of the first', async () => {
  const { world, coordinator, mentor } = await asked();
  coordinator.leaves();
  mentor.part.ask('Är du kvar?');
  await world.until(() => mentor.marks()[1] === 'lost', 'it is told');
  await world.clock.advance(10_000);
  coordinator.returns();
  world.relay = (frame) => (isText(frame) ? [] : [frame]);

  mentor.part.retry(mentor.part.view.entries.find((entry) => entry.mark === 'lost')?.id ?? 0);
  await world.until(() => mentor.marks()[1] === 'sent', 'it is on its way again');
  await world.clock.advance(19_000);

  assert.equal(mentor.marks()[1], 'sent');
  await world.clock.advance(1_000);
  assert.equal(mentor.marks()[1], 'lost');
});

test('a lost connection keeps the line, and the answer finds the page again', async () => {
  const { world, coordinator, mentor } = await asked();
  mentor.loses();
  await world.until(() => !coordinator.part.view.talks[0]?.isThere, 'the loss is seen');
  await world.clock.advance(30_000);

  await mentor.returns();
  await world.until(() => coordinator.part.view.talks[0]?.isThere, 'she is back');
  coordinator.part.answer(mentor.page(), 'Välkommen åter');

  await world.until(() => mentor.texts().includes('Välkommen åter'), 'answered');
});

test('a minute after the mentor’s page is gone nothing of hers is left at the coordinator’s', async () => {
  const { world, coordinator, mentor } = await asked();
  coordinator.part.answer(mentor.page(), 'Svar');
  mentor.loses();
  await world.until(() => !coordinator.part.view.talks[0]?.isThere, 'the loss is seen');

  await world.clock.advance(60_000);

  assert.deepEqual(coordinator.part.view.talks, []);
});

test('a minute after the last coordinator’s page is gone nothing is left at the mentor’s', async () => {
  const { world, coordinator, mentor } = await asked();
  coordinator.leaves();
  await mentor.told();
  assert.deepEqual(mentor.texts(), ['Vad gör jag?']);

  await world.clock.advance(60_000);

  assert.deepEqual(mentor.texts(), ['line_vanished']);
});

test('another page at the coordinator’s is told: what was written before is not there', async () => {
  const { world, coordinator, mentor } = await asked();
  coordinator.leaves();
  const other = await world.coordinator();
  await mentor.told();

  mentor.part.ask('Är det någon ny?');

  await world.until(() => other.texts()[0]?.length === 1, 'the new page reads');
  assert.deepEqual(mentor.texts(), ['Vad gör jag?', 'line_other_page', 'Är det någon ny?']);
  assert.deepEqual(other.texts(), [['Är det någon ny?']]);
});

test('nothing that was typed stands in any frame, and a page that is left holds nothing', async () => {
  const { world, coordinator, mentor } = await asked();
  coordinator.part.answer(mentor.page(), 'Andas.');
  await world.until(() => mentor.texts().length === 2, 'answered');

  assert.doesNotMatch(JSON.stringify(world.wire), /Vad gör|Andas/);
  mentor.part.forget();
  coordinator.part.forget();
  assert.deepEqual([mentor.part.view.entries, coordinator.part.view.talks], [[], []]);
});

test('the line and the conversation share a socket and never a frame', async () => {
  const world = await LineWorld.make();
  await world.coordinator();
  const mentor = await world.mentor();
  /** @type {string[]} */
  const heard = [];
  const beside = mentor.part.beside({
    join: async () => ({ type: 'join' }),
    receive: async (frame) => void heard.push(frame.type),
    connection: (state) => void heard.push(state),
  });

  await beside.receive({ type: 'line_open', keys: [] });
  await beside.receive({ type: 'posted', sequence: 0 });
  beside.connection('lost', null);

  assert.deepEqual(heard, ['posted', 'lost']);
  assert.equal(mentor.part.view.state, 'unknown');
});
