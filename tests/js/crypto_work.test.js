/** The little work before a conversation begins, on the example that Python and Node share. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { solved } from '../../theme/static/js/crypto/work.js';

const EXAMPLES = new URL('../fixtures/frames/visitor_receives/work.json', import.meta.url);
const [task] = JSON.parse(readFileSync(EXAMPLES, 'utf8')).valid;

test('a task without an answer is given up', async () => {
  assert.equal(await solved({ ...task, ceiling: 7 }, () => true), null);
});

test('what is no longer wanted is not searched to the end', async () => {
  let asked = 0;
  const number = await solved({ ...task, ceiling: 100_000, rounds: 299 }, () => {
    asked += 1;
    return asked < 3;
  });

  assert.equal(number, null);
  assert.equal(asked, 3);
});

test('an answer that is found too late is not given', async () => {
  let asked = 0;
  assert.equal(
    await solved(task, () => {
      asked += 1;
      return asked === 1;
    }),
    null,
  );
});

test('the number is found', async () => {
  assert.equal(await solved(task, () => true), 7);
});
