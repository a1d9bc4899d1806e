/** How a mentor's browser comes to its certificate, and how a page asks whether the chat is open. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toBase64url, utf8 } from '../../theme/static/js/crypto/encoding.js';
import { awaitCertificate, credentials, isSignedOut } from '../../theme/static/js/transport/certificates.js';
import { askOpening, watchOpening } from '../../theme/static/js/transport/opening.js';
import { Clock } from './conversation_world.js';

const NOW_MS = Date.UTC(2026, 10, 22);

/** @param {number} not_after */
const certificate = (not_after) => ({
  body: toBase64url(utf8(JSON.stringify({ not_after }))),
  signature: 'x',
});

/** @param {...{status: number, json?: unknown}} answers in this order; then the network is gone */
function desk(...answers) {
  /** @type {Map<string, any>} */
  const kept = new Map();
  /** @type {string[]} */
  const sent = [];
  const fetch = async (/** @type {any} */ _address, /** @type {any} */ options) => {
    sent.push(options.body);
    const answer = answers.shift();
    if (answer === undefined) throw new TypeError('no network');
    return { ok: answer.status < 300, status: answer.status, json: async () => answer.json };
  };
  const keys = {
    read: async (/** @type {string} */ account) => kept.get(account) ?? null,
    write: async (/** @type {string} */ account, /** @type {any} */ key) => void kept.set(account, key),
  };
  const open = (account = 'Kim') =>
    credentials({ fetch: /** @type {any} */ (fetch), origin: '', keys, account, now_ms: NOW_MS });
  return { open, kept, sent };
}

test('a key that waits for the coordinator has no certificate, and the page knows why', async () => {
  const { open } = desk({ status: 202, json: { key_id: 'k' } });

  const own = await open();

  assert.equal(own.certificate, null);
  assert.equal(own.isWaiting, true);
  assert.equal((await open()).isWaiting, false, 'nobody answered');
});

test('a certificate that has ended is not used when nobody answers', async () => {
  const { open, kept } = desk({ status: 200, json: { certificate: certificate(NOW_MS / 1000 + 10) } });
  const { identity } = await open();
  kept.set('Kim', { identity, certificate: certificate(NOW_MS / 1000 - 1) });

  assert.equal((await open()).certificate, null);
});

test('the key is made once, only its public half is sent, and its certificate is kept', async () => {
  const good = certificate(NOW_MS / 1000 + 10);
  const { open, sent } = desk({ status: 200, json: { certificate: good } });

  const first = await open();
  const second = await open();

  assert.equal(first.identity.keyPair.privateKey.extractable, false);
  assert.equal(second.identity.keyId, first.identity.keyId);
  assert.deepEqual(second.certificate, good);
  assert.deepEqual(JSON.parse(sent[0] ?? ''), { key: toBase64url(first.identity.publicKey) });
});

test('a key that belongs to somebody else is replaced by one of our own', async () => {
  const { open, kept } = desk(
    { status: 200, json: { certificate: certificate(NOW_MS / 1000 + 10) } },
    { status: 403 },
    { status: 202, json: { key_id: 'new' } },
  );
  const { identity } = await open();

  const own = await open();

  assert.notEqual(own.identity.keyId, identity.keyId);
  assert.equal(kept.get('Kim').identity.keyId, own.identity.keyId);
});

test('a session is over only when the service says so', async () => {
  const answers = [{ type: 'opaqueredirect', status: 0 }, { status: 401 }, { status: 200 }];
  const fetch = async () => answers.shift() ?? Promise.reject(new TypeError('no network'));

  const said = [];
  for (let i = 0; i < 4; i += 1) said.push(await isSignedOut(/** @type {any} */ (fetch), ''));

  assert.deepEqual(said, [true, true, false, false]);
});

test('an opening that makes no sense is no answer', async () => {
  for (const json of [null, {}, { open: 'yes' }, []]) {
    const fetch = async () => ({ ok: true, json: async () => json });
    assert.equal(await askOpening(/** @type {any} */ (fetch), '', 'sv'), null);
  }
});

test('the opening is asked about in the language of the page', async () => {
  /** @type {string[]} */
  const asked = [];
  const fetch = async (/** @type {string} */ address) => {
    asked.push(address);
    return { ok: true, json: async () => ({ open: true }) };
  };

  for (const language of ['sv', 'en']) await askOpening(/** @type {any} */ (fetch), 'https://a', language);

  assert.deepEqual(asked, ['https://a/chatt/status', 'https://a/chatt/status?language=en']);
});

test('the opening is asked every eight seconds until nobody wants to know', async () => {
  const clock = new Clock();
  let asked = 0;
  const ask = async () => {
    asked += 1;
    return null;
  };
  const stop = watchOpening(ask, clock.timers, () => {});
  await clock.advance(16_000);
  assert.equal(asked, 3);

  stop();
  await clock.advance(60_000);

  assert.equal(asked, 3);
});

test('a page that waits for its certificate asks now and then, and is told once', async () => {
  const clock = new Clock();
  const answers = [
    () => Promise.reject(new TypeError('offline')),
    async () => new Response('', { status: 401 }),
    async () => new Response('{"certified":false}'),
    async () => new Response('{"certified":true}'),
  ];
  /** @type {string[]} */
  const asked = [];
  const fetch = (/** @type {any} */ address) => {
    asked.push(address);
    return /** @type {() => Promise<Response>} */ (answers.shift())();
  };
  let told = 0;
  const ready = () => {
    told += 1;
  };

  awaitCertificate({
    fetch: /** @type {any} */ (fetch),
    origin: '',
    keyId: 'k',
    timers: clock.timers,
    ready,
  });
  await clock.advance(60_000);

  assert.deepEqual(asked, Array(4).fill('/mentor/certifikat/k'));
  assert.equal(told, 1);
});
