/**
 * The first sign that somebody is about to act: a pointer that moves, a touch, a key.
 *
 * Until then a page need not fetch what only acting needs. Knows no page.
 */

const SIGNS = ['pointerdown', 'pointermove', 'focusin', 'keydown'];

/**
 * Call once, at the first sign.
 *
 * @param {EventTarget} target
 * @param {() => void} then
 */
export function atFirstSign(target, then) {
  const ending = new AbortController();
  for (const sign of SIGNS) {
    target.addEventListener(
      sign,
      () => {
        if (ending.signal.aborted) return;
        ending.abort();
        then();
      },
      { signal: ending.signal, passive: true },
    );
  }
}
