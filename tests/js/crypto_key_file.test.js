/** A key file is opened in the browser as on the command line; tests/cli/test_key_files.py meets the same vectors. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fromBase64url } from '../../theme/static/js/crypto/encoding.js';
import { KeyFileError } from '../../theme/static/js/crypto/errors.js';
import { inboxKey, openKeyFile, signingKey } from '../../theme/static/js/crypto/key_file.js';
import { hpke, isSigned, signed } from '../../theme/static/js/crypto/suite.js';

const vectors = JSON.parse(
  readFileSync(new URL('../fixtures/vectors/key_files.json', import.meta.url), 'utf8'),
);
const publicKey = fromBase64url(vectors.public_key);

/** @param {string} code */
const refusal = (code) => (/** @type {any} */ thrown) =>
  thrown instanceof KeyFileError && thrown.code === code;

for (const { why, pem, passphrase, code } of [...vectors.refused, ...vectors.refused_by_browser]) {
  test(`a key file is refused: ${why}`, async () => {
    await assert.rejects(openKeyFile(pem, passphrase), refusal(code));
  });
}

for (const { why, pem, passphrase, is_protected } of vectors.opened) {
  test(`a key file opens and its key signs: ${why}`, async () => {
    const opened = await openKeyFile(new TextEncoder().encode(pem), passphrase);
    const key = await signingKey(opened.pkcs8);

    assert.equal(opened.isProtected, is_protected);
    assert.equal(await isSigned(publicKey, await signed(key, 'trial'), 'trial'), true);
  });
}

test('a key that signs cannot be taken out, and the bytes that it came from are wiped', async () => {
  const [{ pem, passphrase }] = vectors.opened;
  const { pkcs8 } = await openKeyFile(pem, passphrase);

  const key = await signingKey(pkcs8);

  assert.equal(key.extractable, false);
  assert.equal(
    pkcs8.every((byte) => byte === 0),
    true,
  );
});

test("a letter is opened with the inbox's key, and with no other", async () => {
  const [{ pem, passphrase }] = vectors.opened;
  const recipientPublicKey = await hpke.kem.deserializePublicKey(publicKey.buffer);
  const { enc, ct } = await hpke.seal({ recipientPublicKey }, new TextEncoder().encode('Hej'));
  const other = await openKeyFile(pem, passphrase);
  await assert.rejects(inboxKey(other.pkcs8, fromBase64url(vectors.other_public_key)), refusal('other_key'));

  const pair = await inboxKey((await openKeyFile(pem, passphrase)).pkcs8, publicKey);

  assert.equal(pair.privateKey.extractable, false);
  assert.equal(new TextDecoder().decode(await hpke.open({ recipientKey: pair, enc }, ct)), 'Hej');
});
