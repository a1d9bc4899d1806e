/** The first sign-in: takes the token out of the address and sends it, then lets a device make a passkey. */

import { letDeviceFill } from '../site/passkey_form.js';
import { takeToken } from '../site/welcome_token.js';

takeToken({ document, location: window.location, history: window.history });

const form = document.querySelector('[data-make-passkey]');
if (form instanceof HTMLFormElement && 'PublicKeyCredential' in window) {
  letDeviceFill({ form, fetch: window.fetch.bind(window), credentials: navigator.credentials });
}
