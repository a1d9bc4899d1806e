/**
 * A form whose passkey the device makes: the service is asked first, the device's answer goes into a hidden field, and
 * the form is sent the ordinary way, so that what is wrong is said by the service's own page.
 */

import { ask, makePasskey, RefusedError } from '../transport/passkeys.js';
import { PasskeyBox } from '../ui/passkey_box.js';

/**
 * @param {object} parts
 * @param {HTMLFormElement} parts.form
 * @param {typeof globalThis.fetch} parts.fetch
 * @param {CredentialsContainer} parts.credentials
 */
export function letDeviceFill({ form, fetch, credentials }) {
  const box = /** @type {HTMLElement} */ (form.querySelector('[data-passkey]'));
  new PasskeyBox(box).open(async () => {
    fill(form, 'factor', 'passkey');
    try {
      const options = await ask(fetch, form.dataset.start ?? '', spelled(form));
      fill(form, 'passkey', await makePasskey(credentials, options));
    } catch (error) {
      // Refused by the service: its page says why. Anything else the box says.
      if (!(error instanceof RefusedError)) {
        fill(form, 'factor', 'code');
        throw error;
      }
    }
    form.submit();
  });
}

/**
 * @param {HTMLFormElement} form
 * @param {string} name
 * @param {string} value
 */
function fill(form, name, value) {
  const field = form.elements.namedItem(name);
  if (field instanceof HTMLInputElement) field.value = value;
}

/** The form as browsers spell it. @param {HTMLFormElement} form */
function spelled(form) {
  const fields = new URLSearchParams();
  for (const [name, value] of new FormData(form)) fields.append(name, String(value));
  return fields;
}
