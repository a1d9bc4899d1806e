/**
 * Where one writes. What is typed stays until it is sent, and is emptied before the page is left.
 *
 * Enter sends on a keyboard and makes a new line on a touch screen; Shift+Enter is always a new line. The length is
 * told from 3,500 characters on. Nothing is cut off: a text that is too long is not sent and says so.
 */

import { LONGEST_TEXT } from '../crypto/messages.js';
import { find, write } from './elements.js';

/** @import { Words } from './words.js' */

const TOLD_FROM = 3_500;

/**
 * @typedef {object} ComposerParts
 * @property {HTMLElement} root
 * @property {Words} words
 * @property {() => boolean} isTouch whether people type on the screen
 * @property {(text: string) => void} send
 */

export class Composer {
  #words;
  #isTouch;
  #send;
  #form;
  #text;
  #count;
  #isOpen = false;

  /** @param {ComposerParts} parts */
  constructor({ root, words, isTouch, send }) {
    this.#words = words;
    this.#isTouch = isTouch;
    this.#send = send;
    this.#form = find(root, '[data-composer]', HTMLFormElement);
    this.#text = find(root, '[data-text]', HTMLTextAreaElement);
    this.#count = find(root, '[data-count]', HTMLElement);
    if (isTouch()) this.#text.enterKeyHint = 'enter';
    this.#form.addEventListener('submit', this.#onSubmit);
    this.#text.addEventListener('keydown', this.#onKeyDown);
    this.#text.addEventListener('input', this.#onInput);
  }

  /** Let people send, or keep what they type until they may. @param {boolean} isOpen */
  open(isOpen) {
    this.#isOpen = isOpen;
  }

  /** Go to the field, where that does not throw a keyboard over the page. */
  focus() {
    if (!this.#isTouch()) this.#text.focus({ preventScroll: true });
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
    if (text === '' || !this.#isOpen || length(text) > LONGEST_TEXT) {
      this.#text.focus();
      return;
    }
    this.clear();
    this.#send(text);
    this.#text.focus();
  };

  /** @param {KeyboardEvent} event */
  #onKeyDown = (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing || this.#isTouch()) return;
    event.preventDefault();
    this.#form.requestSubmit();
  };

  #onInput = () => {
    const count = length(this.#text.value.trim());
    const isTooLong = count > LONGEST_TEXT;
    if (isTooLong) this.#text.setAttribute('aria-invalid', 'true');
    else this.#text.removeAttribute('aria-invalid');
    const word = isTooLong ? 'too_long' : 'count';
    write(this.#count, count < TOLD_FROM ? '' : this.#words.say(word, { count: thousands(count) }));
  };
}

/** Count characters as people and the protocol do. @param {string} text */
function length(text) {
  return [...text].length;
}

/** @param {number} count */
function thousands(count) {
  return String(count).replace(/(\d)(?=(\d{3})+$)/g, '$1\u00a0');
}
