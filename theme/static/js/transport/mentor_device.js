/** What a mentor's page may use of her browser and of the service, beside the conversation. */

import { DEVICE, pageStorage } from './browser.js';

/** What her browser keeps of her choices: which sounds she wants, and nothing else. */
function choices() {
  try {
    return localStorage;
  } catch {
    return pageStorage();
  }
}

/** @param {string} origin of the service */
export function mentorDevice(origin) {
  return {
    openAudio: DEVICE.openAudio,
    storage: choices(),
    notices: {
      ask: async () => 'Notification' in window && (await Notification.requestPermission()) === 'granted',
      isAllowed: () => 'Notification' in window && Notification.permission === 'granted',
      show: (/** @type {string} */ words) => void new Notification(words, { tag: 'ko' }),
    },
    /** Let the coordinator know that she needs to talk. @returns {Promise<boolean>} whether it is kept */
    askToTalk: () =>
      fetch(`${origin}/mentor/prata`, { method: 'POST' }).then(
        (answer) => answer.ok,
        () => false,
      ),
  };
}
