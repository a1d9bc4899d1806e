/** The line between a mentor and a coordinator: what is refused, and that nobody else can read or write on it. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromBase64url, toBase64url, utf8 } from '../../theme/static/js/crypto/encoding.js';
import { createMentorIdentity } from '../../theme/static/js/crypto/identity.js';
import {
  LONGEST_LINE,
  newCoordinatorKey,
  newPageName,
  openLine,
  pageOf,
  takeLine,
} from '../../theme/static/js/crypto/line.js';
import { newSigningKey, publicKeyBytes, signed } from '../../theme/static/js/crypto/suite.js';

const NOW_S = 1_790_000_000;
const organisation = await newSigningKey(false);
const pins = [toBase64url(await publicKeyBytes(organisation.publicKey))];

/** A mentor whose key the organisation has certified. */
async function certifiedMentor() {
  const identity = await createMentorIdentity();
  const fields = {
    version: 1,
    alias: 'Exempel',
    key: toBase64url(identity.publicKey),
    not_before: NOW_S,
    not_after: NOW_S + 60,
  };
  const body = utf8(JSON.stringify(fields));
  const signature = await signed(organisation.privateKey, 'stodchatt/1 certificate', body);
  return { identity, certificate: { body: toBase64url(body), signature: toBase64url(signature) } };
}

/** A line that a mentor has opened, and what the coordinator needs to take it. */
async function opened() {
  const mentor = await certifiedMentor();
  const own = await newCoordinatorKey();
  const page = newPageName();
  const { opening, keys } = await openLine({ ...mentor, page, key: own.key });
  return { mentor, keys, given: { pins, denied: [], own, page, opening, nowS: NOW_S } };
}

/** @param {string} text b64 @param {number} at */
function flipped(text, at) {
  const bytes = fromBase64url(text);
  bytes[at] = /** @type {number} */ (bytes[at]) ^ 1;
  return toBase64url(bytes);
}

test('an opening with a signature that is not the certified mentor’s is refused', async () => {
  const { given } = await opened();
  const other = await opened();

  const { signature } = other.given.opening;
  await assert.rejects(takeLine({ ...given, opening: { ...given.opening, signature } }), {
    name: 'LineError',
    code: 'signature',
  });
});

test('an opening for another coordinator’s page or from another page’s name is refused', async () => {
  const { given } = await opened();

  await assert.rejects(takeLine({ ...given, own: await newCoordinatorKey() }), { code: 'signature' });
  await assert.rejects(takeLine({ ...given, page: newPageName() }), { code: 'signature' });
});

test('no line is opened to what is no key', async () => {
  const { mentor } = await opened();
  const key = toBase64url(new Uint8Array(65).fill(4));

  await assert.rejects(openLine({ ...mentor, page: newPageName(), key }), { code: 'malformed' });
});

test('an altered opening is refused', async () => {
  const { given } = await opened();
  const { opening } = given;

  for (const enc of [flipped(opening.enc, 20), opening.signature, 'no key'])
    await assert.rejects(takeLine({ ...given, opening: { ...opening, enc } }), { name: 'LineError' });
  await assert.rejects(takeLine({ ...given, opening: /** @type {any} */ ({ ...opening, more: 1 }) }), {
    code: 'malformed',
  });
  await assert.rejects(takeLine({ ...given, opening: /** @type {any} */ (null) }), { code: 'malformed' });
});

test('a mentor whose certificate nobody pinned, or whose key is denied, is refused', async () => {
  const { mentor, given } = await opened();

  await assert.rejects(takeLine({ ...given, pins: [] }), { name: 'CertificateError', code: 'unpinned' });
  await assert.rejects(takeLine({ ...given, denied: [mentor.identity.keyId] }), { code: 'denied' });
  await assert.rejects(takeLine({ ...given, nowS: NOW_S + 10 * 86_400 }), { code: 'expired' });
});

test('another coordinator cannot use a line, even with the signature in order', async () => {
  const { given } = await opened();
  const other = await newCoordinatorKey();
  const pretended = { ...given.own, secret: other.secret };

  const { keys } = await takeLine({ ...given, own: pretended });
  const line = await opened();

  await assert.rejects(keys.open(0, await line.keys.seal(0, 'Hej')), { code: 'unreadable' });
});

test('a text that is altered, moved to another number or sent back where it came from is refused', async () => {
  const { keys, given } = await opened();
  const { keys: coordinator } = await takeLine(given);
  const body = await keys.seal(3, 'Vad gör jag nu?');

  await assert.rejects(coordinator.open(3, flipped(body, 30)), { code: 'unreadable' });
  await assert.rejects(coordinator.open(4, body), { code: 'unreadable' });
  await assert.rejects(keys.open(3, body), { code: 'unreadable' });
  await assert.rejects(coordinator.open(3, 'å'), { code: 'malformed' });
  assert.equal(await coordinator.open(3, body), 'Vad gör jag nu?');
});

test('nothing and too much are never sealed', async () => {
  const { keys } = await opened();

  await assert.rejects(keys.seal(0, ''), { code: 'malformed' });
  await assert.rejects(keys.seal(0, 'å'.repeat(LONGEST_LINE + 1)), { code: 'malformed' });
});

test('the longest text of the longest characters fits what the service carries', async () => {
  const { keys, given } = await opened();
  const { keys: coordinator } = await takeLine(given);
  const text = '😀'.repeat(LONGEST_LINE);

  const body = await keys.seal(0, text);

  assert.ok(JSON.stringify({ ...given.opening, sealed: body }).length < 7_000);
  assert.equal(await coordinator.open(0, body), text);
});

test('an answer is read by the mentor who asked and by no other', async () => {
  const { keys, given } = await opened();
  const other = await opened();
  const { facts, keys: coordinator } = await takeLine(given);

  const answer = await coordinator.seal(0, 'Ta en paus.');

  await assert.rejects(other.keys.open(0, answer), { code: 'unreadable' });
  assert.equal(await keys.open(0, answer), 'Ta en paus.');
  assert.equal(facts.alias, 'Exempel');
});

test('a coordinator’s page is named after its key, and short texts have one size', async () => {
  const { keys, given } = await opened();
  const sizes = new Set();
  for (let length = 1; length <= 250; length += 50)
    sizes.add((await keys.seal(length, 'x'.repeat(length))).length);

  assert.equal(given.own.page, await pageOf(given.own.key));
  assert.match(given.own.page, /^[A-Za-z0-9_-]{22}$/);
  assert.equal(sizes.size, 1);
});
