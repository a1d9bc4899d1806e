/** The first sign of somebody: once, whatever it is. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { atFirstSign } from '../../theme/static/js/ui/first_sign.js';

test('nothing is done before somebody gives a sign', () => {
  const target = new EventTarget();
  let count = 0;
  atFirstSign(target, () => count++);

  target.dispatchEvent(new Event('scroll'));

  assert.equal(count, 0);
});

for (const sign of ['pointerdown', 'pointermove', 'focusin', 'keydown']) {
  test(`the first ${sign} is enough, and later signs change nothing`, () => {
    const target = new EventTarget();
    let count = 0;
    atFirstSign(target, () => count++);

    target.dispatchEvent(new Event(sign));
    for (const later of ['pointerdown', 'pointermove', 'focusin', 'keydown'])
      target.dispatchEvent(new Event(later));

    assert.equal(count, 1);
  });
}
