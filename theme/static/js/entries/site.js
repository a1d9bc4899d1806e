/** Every page: the true link to the chat, and the quick way out. Wires parts together and does nothing else. */

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
