/** Passkeys between service and device: what goes in as JSON comes to the device as bytes, and back as JSON. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toBase64url, utf8 } from '../../theme/static/js/crypto/encoding.js';
import { ask, makePasskey, RefusedError, usePasskey } from '../../theme/static/js/transport/passkeys.js';

const bytes = (/** @type {string} */ text) => utf8(text);
const spelled = (/** @type {string} */ text) => toBase64url(utf8(text));

/** @param {Record<string, unknown>} response */
function device(response) {
  /** @type {any[]} */
  const asked = [];
  const answer = async (/** @type {any} */ options) => {
    asked.push(options.publicKey);
    const own = { clientDataJSON: bytes('client'), ...response };
    return { id: spelled('key'), rawId: bytes('key'), type: 'public-key', response: own };
  };
  return { asked, credentials: /** @type {any} */ ({ get: answer, create: answer }) };
}

/** @param {number} status */
const service = (status) => {
  /** @type {any[]} */
  const asked = [];
  const fetch = async (/** @type {any} */ ...given) => {
    asked.push(given);
    return { ok: status === 200, status, json: async () => ({ there: '/mentor/' }) };
  };
  return { asked, fetch: /** @type {any} */ (fetch) };
};

for (const status of [0, 303, 401, 422, 503]) {
  test(`an answer ${status} of the service is a refusal`, async () => {
    await assert.rejects(ask(service(status).fetch, '/konto/passkey/start'), RefusedError);
  });
}

test('a question follows no redirect and is kept by no cache', async () => {
  const { asked, fetch } = service(200);

  assert.deepEqual(await ask(fetch, '/mentor/logga-in/passkey', 'answer'), { there: '/mentor/' });

  const [address, { method, redirect, cache, body }] = asked[0];
  assert.deepEqual(
    [address, method, redirect, cache, body],
    ['/mentor/logga-in/passkey', 'POST', 'manual', 'no-store', 'answer'],
  );
});

test('a passkey that is used is asked with bytes and answers with text', async () => {
  const { asked, credentials } = device({
    authenticatorData: bytes('data'),
    signature: bytes('signature'),
    userHandle: bytes('7'),
  });

  const answer = await usePasskey(credentials, { challenge: spelled('challenge'), rpId: 'localhost' });

  assert.deepEqual(asked[0], { challenge: bytes('challenge'), rpId: 'localhost', allowCredentials: [] });
  assert.deepEqual(JSON.parse(answer), {
    id: spelled('key'),
    rawId: spelled('key'),
    type: 'public-key',
    response: {
      clientDataJSON: spelled('client'),
      authenticatorData: spelled('data'),
      signature: spelled('signature'),
      userHandle: spelled('7'),
    },
  });
});

test('a device that names nobody says so by leaving it out', async () => {
  const { credentials } = device({ authenticatorData: bytes('d'), signature: bytes('s'), userHandle: null });

  const answer = JSON.parse(await usePasskey(credentials, { challenge: spelled('challenge') }));

  assert.equal('userHandle' in answer.response, false);
});

test('a passkey that is made is asked with bytes for the person and for what is known', async () => {
  const { asked, credentials } = device({ attestationObject: bytes('attestation') });

  const answer = await makePasskey(credentials, {
    challenge: spelled('challenge'),
    user: { id: spelled('7'), name: 'exempel' },
    excludeCredentials: [{ id: spelled('old'), type: 'public-key' }],
  });

  assert.deepEqual(asked[0].user, { id: bytes('7'), name: 'exempel' });
  assert.deepEqual(asked[0].excludeCredentials, [{ id: bytes('old'), type: 'public-key' }]);
  assert.deepEqual(JSON.parse(answer).response, {
    clientDataJSON: spelled('client'),
    attestationObject: spelled('attestation'),
  });
});
