/** The coordinator's browser signs what the command line would sign, with a pinned key, and forgets the key in time. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { verifyCertificate } from '../../theme/static/js/crypto/certificate.js';
import { certificateBytes, FORGET_AFTER_MS, HeldKey } from '../../theme/static/js/crypto/certifying.js';
import { fromBase64url, toBase64url } from '../../theme/static/js/crypto/encoding.js';
import { sendCertificate } from '../../theme/static/js/transport/signing.js';
import { Clock } from './conversation_world.js';

/** @param {string} name */
const load = (name) =>
  JSON.parse(readFileSync(new URL(`../fixtures/vectors/${name}.json`, import.meta.url), 'utf8'));
const files = load('key_files');
const certificates = load('certificates');
const [{ public_key }] = load('key_words').keys;
const MENTOR = fromBase64url(public_key);
const [PROTECTED] = files.opened;
const FILE = new TextEncoder().encode(PROTECTED.pem);
const PINS = [certificates.pins[0], files.public_key];

function desk() {
  const clock = new Clock();
  let forgotten = 0;
  const held = new HeldKey({ timers: clock.timers, forgotten: () => (forgotten += 1) });
  return { clock, held, told: () => forgotten };
}

/** @param {Clock} clock @param {HeldKey} held */
const certify = (clock, held, days = 30) =>
  held.certify({ alias: 'Åsa', publicKey: MENTOR, days, now_ms: clock.now_ms });

test('a key that is not pinned is refused before anything is signed', async () => {
  const { clock, held } = desk();

  await assert.rejects(held.open(FILE, PROTECTED.passphrase, certificates.pins), { code: 'other_key' });

  assert.equal(held.isOpen, false);
  await assert.rejects(certify(clock, held));
});

test('a wrong passphrase leaves nothing open, not even the key that was open before', async () => {
  const { held } = desk();
  await held.open(FILE, PROTECTED.passphrase, PINS);

  await assert.rejects(held.open(FILE, 'fel', PINS), { code: 'wrong_passphrase' });

  assert.equal(held.isOpen, false);
});

for (const days of [0, 31, 1.5, Number.NaN]) {
  test(`no certificate is signed for ${days} days`, async () => {
    const { clock, held } = desk();
    await held.open(FILE, PROTECTED.passphrase, PINS);

    await assert.rejects(certify(clock, held, days), RangeError);
  });
}

test('what is signed is what a visitor’s browser accepts', async () => {
  const { clock, held } = desk();
  assert.deepEqual(await held.open(FILE, PROTECTED.passphrase, PINS), { isProtected: true });

  const certificate = await certify(clock, held);

  const nowS = Math.floor(clock.now_ms / 1000);
  const facts = await verifyCertificate({ pins: PINS, denied: [], certificate, nowS });
  assert.equal(facts.alias, 'Åsa');
  assert.equal(toBase64url(facts.key), public_key);
  assert.equal(facts.notAfter - facts.notBefore, 30 * 86_400);
  assert.ok(facts.notBefore < nowS && nowS - facts.notBefore < 120);
});

test('the body is, byte for byte, what the command line writes', () => {
  for (const { certificate, facts } of certificates.accepted) {
    const bytes = certificateBytes({
      alias: facts.alias,
      publicKey: fromBase64url(facts.key),
      notBefore: facts.not_before,
      notAfter: facts.not_after,
    });

    assert.equal(toBase64url(bytes), certificate.body);
  }
});

test('the key is forgotten five minutes after its last use, and that is told', async () => {
  const { clock, held, told } = desk();
  await held.open(FILE, PROTECTED.passphrase, PINS);

  await clock.advance(FORGET_AFTER_MS - 1000);
  await certify(clock, held);
  await clock.advance(FORGET_AFTER_MS - 1000);
  assert.equal(held.isOpen, true);
  await clock.advance(1000);

  assert.equal(held.isOpen, false);
  assert.equal(told(), 1);
});

test('a key that was forgotten by hand is not told of again', async () => {
  const { clock, held, told } = desk();
  await held.open(FILE, PROTECTED.passphrase, PINS);

  held.forget();
  await clock.advance(FORGET_AFTER_MS);

  assert.equal(held.isOpen, false);
  assert.equal(told(), 0);
});

for (const [answer, expected] of /** @type {[any, unknown][]} */ ([
  [async () => new Response('{"until_s":5}'), { until_s: 5 }],
  [async () => new Response('{"error":"pin"}', { status: 422 }), { refused: 'pin' }],
  [async () => new Response('{}', { status: 500 }), { refused: 'other' }],
  [async () => new Response('', { status: 401 }), { refused: 'signed_out' }],
  [async () => new Response('<p>'), { refused: 'not_sent' }],
])) {
  test(`the service's answer is told: ${JSON.stringify(expected)}`, async () => {
    assert.deepEqual(await sendCertificate(answer, '', 'k', { body: 'b', signature: 's' }), expected);
  });
}

test('only the body and the signature are sent', async () => {
  /** @type {any[]} */
  const sent = [];
  const fetch = async (/** @type {any} */ address, /** @type {any} */ options) => {
    sent.push([address, options.body]);
    return new Response('{"until_s":1}');
  };

  await sendCertificate(/** @type {any} */ (fetch), 'https://x', 'k', { body: 'b', signature: 's' });

  assert.deepEqual(sent, [['https://x/samordnare/nycklar/k/certifikat', '{"body":"b","signature":"s"}']]);
});
