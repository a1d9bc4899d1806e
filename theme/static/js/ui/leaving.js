/**
 * When a page with a conversation is left: nothing stays in it, and "back" does not bring it back.
 *
 * Why: `Cache-Control: no-store` does not keep a page out of the browser's back/forward cache, so the texts are
 * cleared when the page is hidden and the page is loaded anew when it returns from there.
 */

import { QUICK_EXIT } from '../site/quick_exit.js';

/**
 * @param {Window} window
 * @param {{clear: () => void, leave: () => void}} actions clear: empty the page; leave: "Lämna snabbt" was pressed
 */
export function guardLeaving(window, { clear, leave }) {
  window.addEventListener('pagehide', clear);
  window.addEventListener('pageshow', (event) => {
    if (event.persisted) window.location.reload();
  });
  window.document.addEventListener(QUICK_EXIT, () => {
    leave();
    clear();
  });
}
