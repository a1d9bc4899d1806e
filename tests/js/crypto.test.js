/** What holds for the browser's sealing beyond the vectors: fresh keys, fresh nonces, one size, nothing kept. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromBase64url, toBase64url, utf8 } from '../../theme/static/js/crypto/encoding.js';
import { makeGrant, openGrant } from '../../theme/static/js/crypto/grant.js';
import {
  createConversationIdentity,
  createMentorIdentity,
  exportIdentity,
  importIdentity,
  mentorSender,
} from '../../theme/static/js/crypto/identity.js';
import { MessageKeys, newRoot } from '../../theme/static/js/crypto/messages.js';
import { makeOffer, verifyOffer } from '../../theme/static/js/crypto/offer.js';
import { newSigningKey, publicKeyBytes, signed } from '../../theme/static/js/crypto/suite.js';

const NOW_S = 1_790_000_000;

/** @param {import('../../theme/static/js/crypto/identity.js').MentorIdentity} mentor */
async function certified(mentor) {
  const organisation = await newSigningKey(false);
  const fields = {
    version: 1,
    alias: 'Exempel',
    key: toBase64url(mentor.publicKey),
    not_before: NOW_S,
    not_after: NOW_S + 60,
  };
  const body = utf8(JSON.stringify(fields));
  const signature = await signed(organisation.privateKey, 'stodchatt/1 certificate', body);
  return {
    pins: [toBase64url(await publicKeyBytes(organisation.publicKey))],
    certificate: { body: toBase64url(body), signature: toBase64url(signature) },
  };
}

/** @param {string} text */
const content = (text) => ({ type: /** @type {const} */ ('text'), text, seen: 0 });

test("a mentor's private key cannot be taken out of the browser", async () => {
  const { keyPair } = await createMentorIdentity();

  await assert.rejects(crypto.subtle.exportKey('jwk', keyPair.privateKey));
});

test('an epoch has one root for its whole life', () => {
  const keys = new MessageKeys({ conversation: newRoot() });
  const root = newRoot();
  keys.addRoot(1, root);
  keys.addRoot(1, root);

  assert.throws(() => keys.addRoot(1, newRoot()), { code: 'other_root' });
  assert.throws(() => keys.addRoot(2, 'no root'), { name: 'EncodingError' });
});

test('forgotten keys open nothing', async () => {
  const keys = new MessageKeys({ conversation: newRoot() });
  keys.addRoot(0, newRoot());
  const place = { epoch: 0, sender: 'visitor', sequence: 0 };
  const body = await keys.seal({ ...place, content: content('Hej') });

  keys.forget();

  assert.equal(keys.has(0), false);
  await assert.rejects(keys.open({ ...place, body }), { code: 'no_key' });
});

test('texts of one to 180 letters have one size on the wire', async () => {
  const keys = new MessageKeys({ conversation: newRoot() });
  keys.addRoot(0, newRoot());
  const sizes = new Set();

  for (let length = 1; length <= 180; length += 1) {
    const place = { epoch: 0, sender: 'visitor', sequence: length };
    sizes.add((await keys.seal({ ...place, content: content('x'.repeat(length)) })).length);
  }

  assert.equal(sizes.size, 1);
});

test('the same text in the same place is never sealed to the same bytes', async () => {
  const keys = new MessageKeys({ conversation: newRoot() });
  keys.addRoot(0, newRoot());
  const nonces = new Set();

  for (let turn = 0; turn < 200; turn += 1) {
    const body = await keys.seal({ epoch: 0, sender: 'visitor', sequence: 0, content: content('Hej') });
    nonces.add(toBase64url(fromBase64url(body).slice(0, 12)));
  }

  assert.equal(nonces.size, 200);
});

test('a conversation goes from offer to grant to a message, also after a reload of the visitor', async () => {
  const mentor = await createMentorIdentity();
  const { pins, certificate } = await certified(mentor);
  const first = await createConversationIdentity();
  const visitor = await importIdentity(JSON.parse(JSON.stringify(await exportIdentity(first))));
  const place = { conversation: visitor.conversation, epoch: 1 };

  const { secret, offer } = await makeOffer({ identity: mentor, certificate, ...place });
  const facts = await verifyOffer({ pins, denied: [], offer, nowS: NOW_S, ...place });
  const roots = { 0: newRoot(), 1: newRoot() };
  const grant = await makeGrant({ identity: visitor, offer, roots, ...place });
  const opened = await openGrant({ secret, offer, grant, ...place });

  assert.equal(first.conversation, visitor.conversation);
  assert.equal(facts.keyId, mentor.keyId);
  assert.deepEqual(opened.roots, { 0: roots[0], 1: roots[1] });
  const [mine, theirs] = [new MessageKeys(place), new MessageKeys(place)];
  mine.addRoot(1, roots[1]);
  theirs.addRoot(1, /** @type {string} */ (opened.roots['1']));
  const where = { epoch: 1, sender: mentorSender(mentor.keyId), sequence: 1 };
  const body = await theirs.seal({ ...where, content: content('Hej') });
  assert.deepEqual(await mine.open({ ...where, body }), content('Hej'));
});

test('a second grant of the same epoch to a reloaded mentor holds the same roots under another seal', async () => {
  const mentor = await createMentorIdentity();
  const { certificate } = await certified(mentor);
  const visitor = await createConversationIdentity();
  const place = { conversation: visitor.conversation, epoch: 1 };
  const roots = { 1: newRoot() };
  const before = await makeOffer({ identity: mentor, certificate, ...place });
  const after = await makeOffer({ identity: mentor, certificate, ...place });

  const grant = await makeGrant({ identity: visitor, offer: after.offer, roots, ...place });

  await assert.rejects(openGrant({ ...before, grant, ...place }), { code: 'signature' });
  assert.deepEqual(await openGrant({ ...after, grant, ...place }), { roots: { 1: roots[1] } });
});
