/** Everything that can happen to a conversation has its words on the page, for both seats where both can meet it. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

/** @param {string} path */
const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const both = read('theme/templates/partials/conversation_room.html');
const visitor = both + read('theme/templates/partials/conversation_words.html');
const mentor = both + read('chatservice/templates/mentor_words.html');

/** The words of a union of texts in a module's types. @param {string} path @param {string} name */
function union(path, name) {
  const [, kinds = ''] = new RegExp(`@typedef \\{([^{}]*)\\} ${name}\\b`).exec(read(path)) ?? [];
  return [...kinds.matchAll(/'(\w+)'/g)].map(([, kind]) => kind);
}

/** @param {string} page @param {string[]} words */
const missing = (page, words) => words.filter((word) => !page.includes(`data-word="${word}"`));

test('whatever a server does to the envelopes is said in words to both', () => {
  const kinds = union('theme/static/js/conversation/transcript.js', 'NoticeKind');
  const tampering = ['gap', 'repeated', 'altered', 'unreadable', 'stranger'];
  // What a mentor alone hears, and what both hear of a handover.
  const mentors = ['handover_refused'];
  assert.ok([...tampering, ...mentors].every((kind) => kinds.includes(kind)));

  assert.deepEqual(
    missing(
      visitor,
      kinds.filter((kind) => !mentors.includes(kind ?? '')).map((kind) => `notice_${kind}`),
    ),
    [],
  );
  assert.deepEqual(
    missing(
      mentor,
      [...tampering, ...mentors, 'not_taken_over'].map((kind) => `notice_${kind}`),
    ),
    [],
  );
});

test('an end that never came is said to both', () => {
  assert.deepEqual([missing(visitor, ['ended_cut']), missing(mentor, ['ended_cut'])], [[], []]);
});

test('every way in which a conversation is over for a visitor has its words', () => {
  const ways = [
    ...union('theme/static/js/conversation/visitor.js', 'Over'),
    ...union('theme/static/js/transport/socket.js', 'StopReason'),
  ].filter((way) => !['signed_out', 'ended'].includes(way ?? ''));
  assert.ok(ways.length > 8);

  assert.deepEqual(
    missing(
      visitor,
      ways.map((way) => `ended_${way}`),
    ),
    [],
  );
});

test('every reminder has its words', () => {
  const kinds = union('theme/static/js/conversation/revealing.js', 'Revealing');
  assert.equal(kinds.length, 4);

  assert.deepEqual(
    missing(
      visitor,
      kinds.map((kind) => `reminder_${kind}`),
    ),
    [],
  );
});
