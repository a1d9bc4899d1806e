/** The page about integrity says what our own check found, and stays as it was when nobody answers. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { showLatestCheck } from '../../theme/static/js/site/latest_check.js';

const SERVED = 'Se när vi letade senast';

/**
 * A page with one link, and what it says after the service has answered.
 * @param {{answer: () => Promise<Response>, lang?: string, hasLink?: boolean}} given
 */
async function said({ answer, lang = 'sv', hasLink = true }) {
  const link = { textContent: SERVED };
  /** @type {string[]} */
  const asked = [];
  const document = { documentElement: { lang }, querySelector: () => (hasLink ? link : null) };
  await showLatestCheck({
    document: /** @type {any} */ (document),
    fetch: /** @type {any} */ (
      (/** @type {string} */ address) => {
        asked.push(address);
        return answer();
      }
    ),
  });
  return { text: link.textContent, asked };
}

test('without an answer, with an error or with something else the link stays as it was served', async () => {
  for (const answer of [
    () => Promise.reject(new TypeError('no network')),
    () => Promise.resolve(new Response('Det går inte just nu', { status: 503 })),
    () => Promise.resolve(new Response('x'.repeat(301))),
    () => Promise.resolve(new Response(' \n')),
  ]) {
    assert.equal((await said({ answer })).text, SERVED);
  }
});

test('a page that does not lead there asks nobody', async () => {
  const { asked } = await said({ answer: () => Promise.resolve(new Response('x')), hasLink: false });

  assert.deepEqual(asked, []);
});

test('the sentence stands in the link, in the language of the page', async () => {
  const answer = () =>
    Promise.resolve(new Response('Senast kontrollerat: 22 november. Inget av orden hittades.\n'));

  assert.deepEqual(await said({ answer }), {
    text: 'Senast kontrollerat: 22 november. Inget av orden hittades.',
    asked: ['/chatt/kontroll/besked'],
  });
  assert.deepEqual((await said({ answer, lang: 'en' })).asked, ['/chatt/kontroll/besked?language=en']);
});
