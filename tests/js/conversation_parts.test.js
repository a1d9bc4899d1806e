/** Long texts in parts, and reminders before something revealing is sent. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inParts } from '../../theme/static/js/conversation/parts.js';
import { revealing } from '../../theme/static/js/conversation/revealing.js';

test('no part is too long, nothing is lost and nothing comes twice, wherever a text must be cut', () => {
  for (const text of [
    'x'.repeat(9_001),
    '😀'.repeat(4_500),
    'ord '.repeat(3_000),
    `${'a'.repeat(3_999)}. b`,
    'rad\n'.repeat(5_000),
  ]) {
    const parts = inParts(text, 4_000);

    assert.ok(parts.every((part) => [...part].length <= 4_000));
    assert.equal(parts.join('').replaceAll(/\s/g, ''), text.replaceAll(/\s/g, ''));
  }
});

test('a text is cut between paragraphs before lines, between sentences before words', () => {
  assert.deepEqual(inParts('Ett två.\n\nTre fyra. Fem', 18), ['Ett två.', 'Tre fyra. Fem']);
  assert.deepEqual(inParts('Ett två. Tre fyra', 12), ['Ett två.', 'Tre fyra']);
  assert.deepEqual(inParts('Ett två tre fyra', 12), ['Ett två tre', 'fyra']);
  // Rather through a word than a part with next to nothing in it.
  assert.deepEqual(inParts('a bbbbbbbbbbbb', 10), ['a bbbbbbbb', 'bbbb']);
});

test('a text that fits is one part, and an empty one is none', () => {
  assert.deepEqual(inParts(' hej ', 4_000), ['hej']);
  assert.deepEqual(inParts(' \n ', 4_000), []);
});

for (const [text, ...kinds] of [
  ['Jag mår inte bra. Han åkte för 3 veckor sedan, kl 5 på morgonen.'],
  [
    'Vi har varit gifta i 20 år och har 2 barn, 7 och 10 år. Det kostar 12 000 000 kr.'.replace(
      '12 000 000',
      '12 000',
    ),
  ],
  ['Han är i Mali.'],
  ['De ringde 2026-03-04.'],
  ['Mitt personnummer är 19121212-1212', 'personal_number'],
  ['121212-1212', 'personal_number'],
  ['Ring 070-123 45 67 i kväll', 'phone'],
  ['+46 8 123 456 78', 'phone'],
  ['skriv till exempel@example.org', 'mail'],
  ['Andra kompaniet åker till Gao', 'mission'],
  ['De flyger från Pristina den 14 mars', 'mission'],
  ['Plutonen lämnar 14/3', 'mission'],
  ['070-123 45 67, exempel@example.org', 'phone', 'mail'],
]) {
  test(`"${text}" reveals ${kinds.join(' and ') || 'nothing'}`, () => {
    assert.deepEqual(revealing(text ?? ''), kinds);
  });
}
