/** Letters and lines of feedback as the browser opens them, on the vectors that the service's half meets too. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fromBase64url } from '../../theme/static/js/crypto/encoding.js';
import { inboxKey } from '../../theme/static/js/crypto/key_file.js';
import { openLetter, openLine } from '../../theme/static/js/crypto/letters.js';

const vectors = JSON.parse(
  readFileSync(new URL('../fixtures/vectors/letters.json', import.meta.url), 'utf8'),
);
const key = await inboxKey(fromBase64url(vectors.private_key_pkcs8), fromBase64url(vectors.public_key));

/** @param {string} code */
const refusal = (code) => (/** @type {any} */ thrown) =>
  thrown.name === 'LetterError' && thrown.code === code;

for (const { why, code, sealed } of vectors.refused) {
  test(`a letter is refused: ${why}`, async () => {
    await assert.rejects(openLetter(key, fromBase64url(sealed)), refusal(code));
  });
}

for (const { why, code, sealed } of vectors.refused_lines) {
  test(`a line is refused: ${why}`, async () => {
    await assert.rejects(openLine(key, fromBase64url(sealed)), refusal(code));
  });
}

test('what steers a screen is left out of what is read', async () => {
  const { text } = await openLetter(key, fromBase64url(vectors.steering.sealed));

  assert.equal(text, vectors.steering.text);
});

test('letters open to the words that were written', async () => {
  for (const { sealed, ...letter } of vectors.letters) {
    assert.deepEqual(await openLetter(key, fromBase64url(sealed)), letter);
  }
});

test('lines open to the words that were written', async () => {
  for (const { sealed, line } of vectors.lines) {
    assert.equal(await openLine(key, fromBase64url(sealed)), line);
  }
});
