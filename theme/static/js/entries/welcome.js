/** The first sign-in: takes the token out of the address and sends it, then lets a device make a passkey. */

import { letDeviceFill } from '../site/passkey_form.js';
import { takeToken } from '../site/welcome_token.js';

const address = { document, location: window.location, history: window.history };
takeToken(address);
// Who pastes the right address into the same tab changes only what stands after the #.
window.addEventListener('hashchange', () => takeToken(address));

const form = document.querySelector('[data-make-passkey]');
if (form instanceof HTMLFormElement && 'PublicKeyCredential' in window) {
  letDeviceFill({ form, fetch: window.fetch.bind(window), credentials: navigator.credentials });
}
