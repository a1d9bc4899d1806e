/**
 * Referring to somebody else who helps: one card of the catalogue, chosen and sent into the conversation.
 *
 * Knows the parts of mentor_catalogue.html. What a card may hold is crypto/messages.js's.
 */

import { find } from './elements.js';

/** @import { Card } from '../conversation/transcript.js' */

export class Referrals {
  #button;

  /** @param {{root: HTMLElement, send: (card: Card) => void}} parts */
  constructor({ root, send }) {
    const dialog = find(root, '[data-referrals]', HTMLDialogElement);
    const form = find(root, '[data-referrals-form]', HTMLFormElement);
    this.#button = find(root, '[data-referrals-open]', HTMLButtonElement);
    this.#button.addEventListener('click', () => {
      form.reset();
      dialog.showModal();
    });
    find(root, '[data-referrals-close]', HTMLButtonElement).addEventListener('click', () => dialog.close());
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      const chosen = form.querySelector(':checked')?.closest('[data-referral]');
      if (!(chosen instanceof HTMLElement)) return;
      const { title = '', about: text = '', link = '' } = chosen.dataset;
      dialog.close();
      send({ title, text, link });
    });
  }

  /** Let cards be sent, once the visitor's page has let the mentor in. @param {boolean} isOpen */
  open(isOpen) {
    this.#button.disabled = !isOpen;
  }
}
