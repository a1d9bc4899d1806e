/** One's own account: a further passkey, and recovery codes to copy or print. Wires parts together. */

import { letDeviceFill } from '../site/passkey_form.js';
import { RecoveryCodes } from '../ui/recovery_codes.js';

const form = document.querySelector('[data-make-passkey]');
if (form instanceof HTMLFormElement && 'PublicKeyCredential' in window) {
  letDeviceFill({ form, fetch: window.fetch.bind(window), credentials: navigator.credentials });
}

const codes = document.querySelector('[data-recovery]');
if (codes instanceof HTMLElement) {
  new RecoveryCodes(codes).open({
    print: () => window.print(),
    ...(navigator.clipboard ? { copy: (text) => navigator.clipboard.writeText(text) } : {}),
  });
}
