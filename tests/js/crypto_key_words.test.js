/** A key is the same eight words in the mentor's browser, in the coordinator's and on the command line. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fromBase64url } from '../../theme/static/js/crypto/encoding.js';
import { fingerprint, keyWords } from '../../theme/static/js/crypto/key_words.js';
import { ADDRESS, wordList } from '../../theme/static/js/transport/word_list.js';

const { keys: vectors } = JSON.parse(
  readFileSync(new URL('../fixtures/vectors/key_words.json', import.meta.url), 'utf8'),
);

/** @param {number} status @param {string} body */
const answering = (status, body) => async () => new Response(body, { status });

for (const [why, fetch] of /** @type {[string, any][]} */ ([
  ['it is gone', answering(404, '[]')],
  ['it is no JSON', answering(200, '<p>')],
  ['it has another length', answering(200, '["en"]')],
  ['it is no list', answering(200, '{}')],
  [
    'nobody answers',
    async () => {
      throw new TypeError('offline');
    },
  ],
])) {
  test(`no words are made of a list when ${why}`, async () => {
    assert.equal(await wordList(fetch), null);
  });
}

test('the list that is published is the one that is fetched, and gives a key its words', async () => {
  const list = await wordList(async (address) => {
    assert.equal(address, ADDRESS);
    return new Response(readFileSync(ADDRESS));
  });
  assert.ok(list);

  for (const { public_key, words } of vectors)
    assert.deepEqual(await keyWords(fromBase64url(public_key), list), words);
});

test('the whole name of a key is eight groups of four digits', async () => {
  const [{ public_key, key_id }] = vectors;

  const digits = await fingerprint(fromBase64url(public_key));

  assert.match(digits, /^([0-9a-f]{4} ){7}[0-9a-f]{4}$/);
  assert.equal(Buffer.from(digits.replaceAll(' ', ''), 'hex').toString('base64url'), key_id);
});
