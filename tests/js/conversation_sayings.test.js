/** What can be said besides texts: taking a line back, a referral card, and what a visitor tells about herself. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Seat } from '../../theme/static/js/conversation/seat.js';
import { MessageKeys, newRoot } from '../../theme/static/js/crypto/messages.js';
import { Clock } from './conversation_world.js';

const MENTOR = `mentor:${'A'.repeat(22)}`;
const CARD = { title: 'Exempel', text: 'Öppet dygnet runt.', link: 'tel:080000000' };

/** Two seats that share a root; what one posts the other takes in when `carry` is called. */
function twoSeats() {
  const clock = new Clock();
  const conversation = newRoot();
  const root = newRoot();
  const seat = (/** @type {string} */ sender, /** @type {string} */ peer) => {
    const keys = new MessageKeys({ conversation });
    keys.addRoot(0, root);
    /** @type {any[]} */
    const sent = [];
    const made = new Seat({
      conversation,
      sender,
      peer,
      keys,
      fresh: true,
      send: (frame) => sent.push(frame) > 0,
      timers: clock.timers,
      now_ms: () => clock.now_ms,
      changed: () => {},
    });
    return { seat: made, sent, sender };
  };
  const visitor = seat('visitor', MENTOR);
  const mentor = seat(MENTOR, 'visitor');
  let position = 0;
  const carry = async (/** @type {typeof visitor} */ from, /** @type {typeof visitor} */ to, count = 1) => {
    await clock.until(() => from.sent.filter(({ type }) => type === 'post').length >= count, 'sealed');
    for (const { type, ...own } of from.sent.splice(0)) {
      if (type !== 'post') continue;
      position += 1;
      const frame = /** @type {any} */ ({ type: 'envelope', position, sender: from.sender, ...own });
      if (to.seat.take(frame) === 'fresh') await to.seat.show(frame, null);
      from.seat.posted(own.sequence);
    }
  };
  visitor.seat.joined('life', 0);
  mentor.seat.joined('life', 0);
  return { clock, visitor, mentor, carry };
}

/** @param {{seat: Seat}} side */
const shown = ({ seat }) => seat.transcript.lines.map((line) => (line.isTakenBack ? null : line.text));

test('nobody takes back what somebody else said, and no card is taken back', async () => {
  const { visitor, mentor, carry } = twoSeats();
  visitor.seat.voice.say('mitt');
  await carry(visitor, mentor);
  mentor.seat.voice.refer(CARD);
  await carry(mentor, visitor);

  for (const { id } of mentor.seat.transcript.lines) mentor.seat.voice.takeBack(id);
  mentor.seat.voice.say('ett');
  await carry(mentor, visitor);

  assert.deepEqual(shown(visitor), ['mitt', '', 'ett']);
  assert.ok(visitor.seat.transcript.lines.every((line) => !line.isTakenBack));
});

test('a line that is taken back is empty on both sides', async () => {
  const { visitor, mentor, carry } = twoSeats();
  visitor.seat.voice.say('kvar');
  visitor.seat.voice.say('ångrat');
  await carry(visitor, mentor, 2);

  visitor.seat.voice.takeBack(visitor.seat.transcript.lines[1]?.id ?? 0);
  assert.deepEqual(shown(visitor), ['kvar', null]);
  await carry(visitor, mentor);

  assert.deepEqual(shown(mentor), ['kvar', null]);
  assert.ok(
    [...mentor.seat.transcript.lines, ...visitor.seat.transcript.lines].every(
      (line) => line.text !== 'ångrat',
    ),
  );
});

test('a line that is taken back before it was sealed never leaves the page', async () => {
  const { visitor, mentor, carry } = twoSeats();

  visitor.seat.voice.say('ångrat genast');
  visitor.seat.voice.takeBack(visitor.seat.transcript.lines[0]?.id ?? 0);
  await carry(visitor, mentor, 2);

  assert.deepEqual(shown(mentor), [null]);
});

test('a line that could not be sealed is simply taken away', async () => {
  const { clock, visitor } = twoSeats();
  visitor.seat.voice.say('\u0001'.repeat(4_000));
  await clock.until(() => visitor.seat.transcript.lines[0]?.mark === 'failed', 'refused');

  visitor.seat.voice.takeBack(visitor.seat.transcript.lines[0]?.id ?? 0);

  assert.deepEqual(shown(visitor), []);
});

test('a card and what a visitor tells arrive whole', async () => {
  const { visitor, mentor, carry } = twoSeats();

  visitor.seat.voice.tell({ alias: 'Exempel', when: 'during', where: 'home' });
  await carry(visitor, mentor);
  mentor.seat.voice.refer(CARD);
  await carry(mentor, visitor);

  assert.deepEqual(mentor.seat.about, { alias: 'Exempel', when: 'during', where: 'home' });
  assert.deepEqual(visitor.seat.transcript.lines[0]?.card, CARD);
  assert.equal(mentor.seat.transcript.lines[0]?.mark, 'posted');
});
