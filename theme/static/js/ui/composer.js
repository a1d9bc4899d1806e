/**
 * Where one writes. What is typed stays until it is sent, and is emptied before the page is left.
 *
 * Enter sends on a keyboard and makes a new line on a touch screen; Shift+Enter is always a new line. The length is
 * told from 3,500 characters on. Nothing is cut off: a text that is too long is not sent, says so and offers parts.
 * A reminder stands below what tells who somebody is; it stops nothing and goes nowhere.
 */

import { inParts } from '../conversation/parts.js';
import { revealing } from '../conversation/revealing.js';
import { LONGEST_TEXT } from '../crypto/lengths.js';
import { find, write } from './elements.js';

/** @import { Words } from './words.js' */

const TOLD_FROM = 3_500;

/**
 * @typedef {object} ComposerParts
 * @property {HTMLElement} root
 * @property {Words} words
 * @property {() => boolean} isTouch whether people type on the screen
 * @property {(text: string) => void} send
 * @property {((isTyping: boolean) => void) | undefined} typing
 * @property {boolean} reminds whether to remind of what tells who somebody is
 */

export class Composer {
  #words;
  #isTouch;
  #send;
  #typing;
  #reminds;
  #form;
  #text;
  #reminder;
  #parts;
  #count;
  #isOpen = false;

  /** @param {ComposerParts} parts */
  constructor({ root, words, isTouch, send, typing, reminds }) {
    this.#words = words;
    this.#isTouch = isTouch;
    this.#send = send;
    this.#typing = typing;
    this.#reminds = reminds;
    this.#form = find(root, '[data-composer]', HTMLFormElement);
    this.#text = find(root, '[data-text]', HTMLTextAreaElement);
    this.#count = find(root, '[data-count]', HTMLElement);
    this.#reminder = find(root, '[data-reminder]', HTMLElement);
    this.#parts = find(root, '[data-parts]', HTMLButtonElement);
    this.#parts.addEventListener('click', this.#onParts);
    if (isTouch()) this.#text.enterKeyHint = 'enter';
    this.#form.addEventListener('submit', this.#onSubmit);
    this.#text.addEventListener('keydown', this.#onKeyDown);
    this.#text.addEventListener('input', this.#onInput);
  }

  get isEmpty() {
    return this.#text.value === '';
  }

  /** Let people send, or keep what they type until they may. @param {boolean} isOpen */
  open(isOpen) {
    this.#isOpen = isOpen;
  }

  /** Go to the field, where that does not throw a keyboard over the page. */
  focus() {
    if (!this.#isTouch()) this.#text.focus({ preventScroll: true });
  }

  /** Put words into the box, after what stands there; nothing is sent. @param {string} words */
  fill(words) {
    this.#text.value = `${this.#text.value.trimEnd()} ${words} `.trimStart();
    this.#text.focus();
    this.#onInput();
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

  #onParts = () => {
    if (!this.#isOpen) return;
    const parts = inParts(this.#text.value, LONGEST_TEXT);
    this.clear();
    for (const part of parts) this.#send(part);
    this.#text.focus();
  };

  /** @param {KeyboardEvent} event */
  #onKeyDown = (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing || this.#isTouch()) return;
    event.preventDefault();
    this.#form.requestSubmit();
  };

  #onInput = () => {
    const text = this.#text.value.trim();
    const count = length(text);
    const isTooLong = count > LONGEST_TEXT;
    if (isTooLong) this.#text.setAttribute('aria-invalid', 'true');
    else this.#text.removeAttribute('aria-invalid');
    const word = isTooLong ? 'too_long' : 'count';
    write(this.#count, count < TOLD_FROM ? '' : this.#words.say(word, { count: thousands(count) }));
    this.#parts.hidden = !isTooLong;
    if (isTooLong)
      write(this.#parts, this.#words.say('in_parts', { count: inParts(text, LONGEST_TEXT).length }));
    const [kind] = this.#reminds ? revealing(text) : [];
    write(this.#reminder, kind === undefined ? '' : this.#words.say(`reminder_${kind}`));
    this.#typing?.(text !== '');
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
