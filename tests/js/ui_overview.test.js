import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OPENING_HEARD } from '../../theme/static/js/site/status_link.js';
import { Overview } from '../../theme/static/js/ui/overview.js';

/** A document that has only the parts that the overview writes in. */
class Page extends EventTarget {
  constructor() {
    super();
    /** @type {Record<string, {textContent: string, getAttribute: () => string}>} */
    this.parts = {};
    for (const name of ['waiting', 'longest_wait', 'talking', 'on_duty', 'paused']) {
      this.parts[`[data-count="${name}"]`] = { textContent: 'served', getAttribute: () => '' };
    }
    this.parts['[data-opening]'] = { textContent: 'served', getAttribute: () => 'open' };
  }

  /** @param {string} selector */
  querySelector(selector) {
    return this.parts[selector] ?? null;
  }

  /** @param {string} name */
  count(name) {
    return this.parts[`[data-count="${name}"]`]?.textContent;
  }
}

const words = { say: (/** @type {string} */ name, values = {}) => `${name} ${JSON.stringify(values)}` };
const counts = { waiting: 2, longest_wait_s: 59, talking: 1, on_duty: 3, paused: 0 };

function open() {
  const page = new Page();
  const overview = new Overview(/** @type {any} */ ({ document: page, words }));
  return { page, overview };
}

test('before anything is heard the page is as it was served', () => {
  const { page, overview } = open();

  overview.show(null);

  assert.equal(page.count('waiting'), 'served');
});

test('the counts are written, the longest wait and the pauses in words', () => {
  const { page, overview } = open();

  overview.show(counts);
  assert.deepEqual(
    ['waiting', 'talking', 'on_duty', 'paused'].map((name) => page.count(name)),
    ['2', '1', '3', ''],
  );
  assert.equal(page.count('longest_wait'), 'wait_short {}');

  overview.show({ ...counts, longest_wait_s: 299, paused: 2 });
  assert.equal(page.count('longest_wait'), 'wait_minutes {"count":4}');
  assert.equal(page.count('paused'), 'paused {"count":2}');

  overview.show({ ...counts, waiting: 0, longest_wait_s: 0 });
  assert.equal(page.count('longest_wait'), 'wait_none {}');
});

test('whether the chat is open is said anew when it changes, and not before', () => {
  const { page } = open();
  const hears = (/** @type {object} */ detail) =>
    page.dispatchEvent(new CustomEvent(OPENING_HEARD, { detail }));
  const said = () => page.parts['[data-opening]']?.textContent;

  hears({ open: true, reason: 'open', headline: 'Till chatten', detail: '' });
  assert.equal(said(), 'served');
  hears({ open: false, reason: 'stopped', headline: 'Stängt', detail: 'Vi tar inte emot fler' });
  assert.equal(said(), 'Stängt. Vi tar inte emot fler.');
  hears({ open: false, reason: 'override', headline: 'Stängt', detail: '' });
  assert.equal(said(), 'Stängt.');
  hears({ open: true, reason: 'open', headline: 'Till chatten', detail: '' });
  assert.equal(said(), 'overview_open {}');
});
