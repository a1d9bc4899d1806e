/** The soft notice at closing: said from what the service answered, and only when hours or a coordinator closed it. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OPENING_HEARD } from '../../theme/static/js/site/status_link.js';
import { Closing } from '../../theme/static/js/ui/closing.js';

class Element {
  textContent = '';
}
Object.assign(globalThis, { HTMLElement: Element });

function room() {
  const said = new Element();
  const document = new EventTarget();
  const root = /** @type {any} */ ({
    querySelector: (/** @type {string} */ name) => (name === '[data-closing]' ? said : null),
  });
  const words = /** @type {any} */ ({ say: (/** @type {string} */ name) => name });
  const closing = new Closing({ document, root, words });
  const hear = (/** @type {string} */ reason) =>
    document.dispatchEvent(new CustomEvent(OPENING_HEARD, { detail: { open: reason === 'open', reason } }));
  return { closing, hear, document, text: () => said.textContent };
}

test('nothing is said before the service has said that it is closed', () => {
  const { closing, hear, document, text } = room();
  closing.show('talking');
  document.dispatchEvent(new Event(OPENING_HEARD));

  for (const reason of ['open', 'last_entry', 'full', 'no_mentor', 'undefined']) {
    hear(reason);
    assert.equal(text(), '');
  }
});

for (const reason of ['schedule', 'override']) {
  test(`closed by ${reason}, those who talk and those who wait hear what is true for them`, () => {
    const { closing, hear, text } = room();
    hear(reason);
    assert.equal(text(), 'closing_waiting');

    closing.show('talking');
    assert.equal(text(), 'closing_talking');
    closing.show('waiting');
    assert.equal(text(), 'closing_waiting');
  });
}

test('when it opens again the notice goes away', () => {
  const { closing, hear, text } = room();
  closing.show('talking');
  hear('override');

  hear('open');

  assert.equal(text(), '');
});
