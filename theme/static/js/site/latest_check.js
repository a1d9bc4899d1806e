/**
 * Says on the page about integrity when our own check was made and what it found, in place of a link that asks for it.
 *
 * Knows the link to /chatt/kontroll/ and the sentence that the service has for it. Without an answer the link stays as
 * it was: a way to the page that says the same.
 */

const PAGE = '/chatt/kontroll/';
const LONGEST = 300;

/**
 * @param {{document: Document, fetch: typeof globalThis.fetch}} parts
 * @returns {Promise<void>} when the sentence stands there, or there is none
 */
export async function showLatestCheck({ document, fetch }) {
  const link = document.querySelector(`main a[href^="${PAGE}"]`);
  if (!link) return;
  const { lang } = document.documentElement;
  const address = lang === 'sv' ? `${PAGE}besked` : `${PAGE}besked?language=${lang}`;
  try {
    const answer = await fetch(address, { credentials: 'omit', cache: 'no-store' });
    const sentence = answer.ok ? (await answer.text()).trim() : '';
    if (sentence && sentence.length <= LONGEST) link.textContent = sentence;
  } catch {
    // Whoever wants to know follows the link.
  }
}
