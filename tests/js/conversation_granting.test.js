/** Who may read and who may speak: the visitor's judgement of offers, with real certificates. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Granting } from '../../theme/static/js/conversation/granting.js';
import {
  createConversationIdentity,
  createMentorIdentity,
  mentorSender,
} from '../../theme/static/js/crypto/identity.js';
import { makeOffer } from '../../theme/static/js/crypto/offer.js';
import { World } from './conversation_world.js';

async function visited() {
  const world = await World.make();
  const { conversation } = await createConversationIdentity();
  const granting = new Granting({
    pins: world.pins,
    denied: [],
    conversation,
    now_ms: () => world.clock.now_ms,
  });
  const certified = async (/** @type {string} */ alias) => {
    const identity = await createMentorIdentity();
    return {
      identity,
      certificate: await world.certify(identity, alias),
      sender: mentorSender(identity.keyId),
    };
  };
  /** @param {any} mentor @param {number} epoch @param {string} [sender] */
  const offered = async (mentor, epoch, sender = mentor.sender) => {
    const { offer } = await makeOffer({ ...mentor, conversation, epoch });
    return frame({ sender, epoch, kind: 'offer', body: JSON.stringify(offer) });
  };
  return { granting, certified, offered };
}

/** @param {object} given @returns {any} */
const frame = (given) => ({
  type: 'envelope',
  position: 1,
  sequence: 0,
  epoch: 1,
  kind: 'message',
  body: 'x',
  ...given,
});

test('an offer that somebody else passes on as theirs is declined', async () => {
  const { granting, certified, offered } = await visited();
  const thief = await certified('Tjuv');

  const considered = await granting.consider(await offered(await certified('Kim'), 1, thief.sender));

  assert.equal(considered.verdict, 'decline');
});

test('an offer for an epoch that is over, or that is not next, is left alone', async () => {
  const { granting, certified, offered } = await visited();
  const kim = await certified('Kim');

  assert.equal((await granting.consider(await offered(kim, 2))).verdict, 'ignore');
});

test('what is no offer at all is declined', async () => {
  const { granting, certified } = await visited();
  const { sender } = await certified('Kim');

  for (const body of ['', '{', 'null', '{}', '[]']) {
    const considered = await granting.consider(frame({ sender, kind: 'offer', body }));
    assert.equal(considered.verdict, 'decline', body);
  }
});

test('only who sits in the epoch may come back to it, once for each offer', async () => {
  const { granting, certified, offered } = await visited();
  const [kim, robin] = [await certified('Kim'), await certified('Robin')];
  const first = /** @type {any} */ (await granting.consider(await offered(kim, 1)));
  assert.equal(first.verdict, 'grant');
  const given = granting.open(first, 'all', 0);

  const again = await offered(kim, 1);
  const considered = /** @type {any} */ (await granting.consider(again));

  assert.equal((await granting.consider(await offered(robin, 1))).verdict, 'ignore');
  assert.equal(considered.verdict, 'again');
  assert.deepEqual(granting.open(considered, 'all', 0), given);
  assert.equal((await granting.consider(again)).verdict, 'ignore');
});

test('a mentor who was let go is not heard any more, and what she said before still is', async () => {
  const { granting, certified, offered } = await visited();
  const [kim, robin] = [await certified('Kim'), await certified('Robin')];
  granting.open(/** @type {any} */ (await granting.consider(await offered(kim, 1))), 'all', 0);
  granting.open(/** @type {any} */ (await granting.consider(await offered(robin, 2))), 'new', 3);

  assert.equal(granting.speaker(frame({ sender: kim.sender, sequence: 2 }))?.alias, 'Kim');
  assert.equal(granting.speaker(frame({ sender: kim.sender, sequence: 3 })), null);
  assert.equal(granting.speaker(frame({ sender: kim.sender, sequence: 2, epoch: 2 })), null);
  assert.equal(granting.speaker(frame({ sender: robin.sender, sequence: 9, epoch: 2 }))?.alias, 'Robin');
});
