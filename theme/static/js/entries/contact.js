/** The page of the contact form. Wires parts together and does nothing else. */

import { ContactForm } from '../site/contact_form.js';

const form = document.querySelector('[data-letter-form]');
// Without an inbox there is no form to send.
if (form instanceof HTMLFormElement && form.elements.length > 0) {
  new ContactForm({ form, fetch: window.fetch.bind(window), location: window.location }).start();
}
