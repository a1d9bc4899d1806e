/** Every page: the true link to the chat, the quick way out, what our own check found. Wires parts together only. */

import { QuickExit } from '../site/quick_exit.js';
import { StatusLink } from '../site/status_link.js';

/**
 * The storages that this browser lets us reach; asking can throw where they are turned off.
 * @returns {Storage[]}
 */
function reachableStorages() {
  const storages = [];
  for (const name of /** @type {const} */ (['sessionStorage', 'localStorage'])) {
    try {
      storages.push(window[name]);
    } catch {
      // Nothing can have been kept there.
    }
  }
  return storages;
}

new QuickExit({ document, location: window.location, storages: reachableStorages() }).start();
// The service speaks Swedish unless it is asked for another language.
const { lang } = document.documentElement;
const address = lang === 'sv' ? '/chatt/status' : `/chatt/status?language=${lang}`;
new StatusLink({ document, fetch: window.fetch.bind(window), address }).start();
// One page leads there; the others need not fetch what shows it.
if (document.querySelector('main a[href^="/chatt/kontroll/"]')) {
  const { showLatestCheck } = await import('../site/latest_check.js');
  await showLatestCheck({ document, fetch: window.fetch.bind(window) });
}
