/**
 * What a visitor may choose besides writing: whether typing is shown, a copy of one's own words, another mentor.
 *
 * Knows the parts of partials/conversation_choices.html.
 */

import { find, wireDialogs, write } from './elements.js';

/** @import { VisitorView } from '../conversation/visitor.js' */
/** @import { Words } from './words.js' */

/**
 * @typedef {object} ChoicesParts
 * @property {HTMLElement} root
 * @property {Words} words
 * @property {(text: string) => Promise<void>} copy
 * @property {(isShared: boolean) => void} shareTyping
 * @property {() => void} askForAnother
 */

export class Choices {
  #another;
  #copy;
  #copied;
  /** @type {() => string} */
  #ownText = () => '';

  /** @param {ChoicesParts} parts */
  constructor({ root, words, copy, shareTyping, askForAnother }) {
    wireDialogs(root);
    this.#another = find(root, '[data-opens="annan"]', HTMLButtonElement);
    this.#copy = find(root, '[data-copy]', HTMLButtonElement);
    this.#copied = find(root, '[data-copied]', HTMLElement);
    find(root, '[data-another-yes]', HTMLButtonElement).addEventListener('click', () => askForAnother());
    const shown = find(root, '[data-share-typing]', HTMLInputElement);
    shown.addEventListener('change', () => shareTyping(shown.checked));
    this.#copy.addEventListener('click', async () => {
      const isCopied = await copy(this.#ownText()).then(
        () => true,
        () => false,
      );
      write(this.#copied, words.say(isCopied ? 'copied' : 'not_copied'));
    });
  }

  /** @param {VisitorView} view */
  show({ mayAsk, lines }) {
    this.#another.hidden = !mayAsk;
    const own = () =>
      lines.filter((line) => line.who === 'own' && !line.isTakenBack).map((line) => line.text);
    this.#copy.disabled = own().length === 0;
    this.#ownText = () => own().join('\n\n');
  }

  /** Forget what could be copied. */
  clear() {
    this.#ownText = () => '';
    write(this.#copied, '');
  }
}
