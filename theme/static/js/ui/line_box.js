/**
 * Where one writes on the line between a mentor and the coordinator. It is no part of the conversation's composer: the
 * two have no field, no form and no function in common, so that a key pressed in one of them cannot send the other.
 *
 * What is typed stays until it has been taken. Enter sends on a keyboard and makes a new line on a touch screen.
 */

import { LONGEST_LINE } from '../crypto/line.js';
import { find, write } from './elements.js';

/** @import { Words } from './words.js' */

const TOLD_FROM = 800;

/**
 * @typedef {object} LineBoxParts
 * @property {HTMLElement} root
 * @property {Words} words
 * @property {() => boolean} isTouch
 * @property {(text: string) => boolean} send says whether the text was taken
 */

export class LineBox {
  #words;
  #isTouch;
  #send;
  #form;
  #text;
  #count;

  /** @param {LineBoxParts} parts */
  constructor({ root, words, isTouch, send }) {
    this.#words = words;
    this.#isTouch = isTouch;
    this.#send = send;
    this.#form = find(root, '[data-ask-form]', HTMLFormElement);
    this.#text = find(root, '[data-ask-text]', HTMLTextAreaElement);
    this.#count = find(root, '[data-ask-count]', HTMLElement);
    if (isTouch()) this.#text.enterKeyHint = 'enter';
    this.#form.addEventListener('submit', this.#onSubmit);
    this.#text.addEventListener('keydown', this.#onKeyDown);
    this.#text.addEventListener('input', this.#onInput);
  }

  focus() {
    this.#text.focus({ preventScroll: true });
  }

  /** Leave nothing of what was typed. */
  clear() {
    this.#text.value = '';
    this.#onInput();
  }

  /** @param {SubmitEvent} event */
  #onSubmit = (event) => {
    event.preventDefault();
    const text = this.#text.value.trim();
    const fits = text !== '' && [...text].length <= LONGEST_LINE;
    if (fits && this.#send(text)) this.clear();
    this.#text.focus();
  };

  /** @param {KeyboardEvent} event */
  #onKeyDown = (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing || this.#isTouch()) return;
    event.preventDefault();
    this.#form.requestSubmit();
  };

  #onInput = () => {
    const count = [...this.#text.value.trim()].length;
    const isTooLong = count > LONGEST_LINE;
    if (isTooLong) this.#text.setAttribute('aria-invalid', 'true');
    else this.#text.removeAttribute('aria-invalid');
    const word = isTooLong ? 'line_too_long' : 'line_count';
    write(this.#count, count < TOLD_FROM ? '' : this.#words.say(word, { count }));
  };
}
