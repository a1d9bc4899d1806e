/**
 * The question after a conversation: three faces, perhaps a line, and one button.
 *
 * Knows the parts of partials/conversation_feedback.html and nothing of the conversation. Without a script the form
 * goes the ordinary way and a page of the service says thanks.
 */

import { find, write } from './elements.js';

/** @import { Words } from './words.js' */

/** @typedef {{face: string, line: string}} FeedbackFields */
/**
 * @typedef {object} FeedbackParts
 * @property {HTMLElement} root
 * @property {Words} words
 * @property {(fields: FeedbackFields) => Promise<boolean>} give whether the service has heard it
 */

export class Feedback {
  #form;
  #said;
  #isAnswered = false;

  /** @param {FeedbackParts} parts */
  constructor({ root, words, give }) {
    this.#form = find(root, '[data-feedback-form]', HTMLFormElement);
    this.#said = find(root, '[data-feedback-said]', HTMLElement);
    const send = find(this.#form, '[type="submit"]', HTMLButtonElement);
    this.#form.addEventListener('submit', async (event) => {
      event.preventDefault();
      if (send.disabled) return;
      send.disabled = true;
      write(this.#said, '');
      const answers = new FormData(this.#form);
      const isHeard = await give({
        face: String(answers.get('face')),
        line: String(answers.get('line') ?? ''),
      });
      send.disabled = false;
      if (isHeard) this.#close();
      write(this.#said, words.say(isHeard ? 'feedback_thanks' : 'feedback_not_sent'));
      if (isHeard) this.#said.focus();
    });
  }

  /** Ask, or not: there is nothing to ask where nobody talked. @param {boolean} isWanted */
  show(isWanted) {
    this.#form.hidden = !isWanted || this.#isAnswered;
  }

  /** Leave nothing that was written on the page. */
  clear() {
    this.#form.reset();
  }

  #close() {
    this.#isAnswered = true;
    this.#form.hidden = true;
    this.clear();
  }
}
