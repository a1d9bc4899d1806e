/**
 * The inbox on its page: the form that opens it, letters and lines as text, and the button that closes it.
 *
 * Knows the parts of office_inbox.html and office_inbox_letters.html. Does not know keys, sealing or the network. What
 * somebody wrote is only ever text; her address becomes a link that the coordinator may follow, and shows itself.
 */

import { copy, find, write } from './elements.js';

/** @import { OpenedLetter, OpenedLine } from '../crypto/letters.js' */
/** @import { Words } from './words.js' */

const EMAIL = /^[^@\s]+@[^@\s.]+(?:\.[^@\s.]+)+$/u;

/**
 * @typedef {object} InboxParts
 * @property {Document} document
 * @property {Words} words
 * @property {object} actions
 * @property {(file: File | null, passphrase: string) => void} actions.open
 * @property {() => void} actions.close
 * @property {(form: HTMLFormElement) => void} actions.erase
 */

export class InboxView {
  #document;
  #words;
  #form;
  #state;
  #closing;
  #line;

  /** @param {InboxParts} parts */
  constructor({ document, words, actions }) {
    this.#document = document;
    this.#words = words;
    this.#form = find(document, '[data-open-form]', HTMLFormElement);
    this.#state = find(document, '[data-inbox-state]', HTMLElement);
    this.#closing = find(document, '[data-close]', HTMLButtonElement);
    this.#line = find(document, 'template[data-line]', HTMLTemplateElement);
    const file = find(this.#form, '[data-file]', HTMLInputElement);
    const passphrase = find(this.#form, '[data-passphrase]', HTMLInputElement);
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      actions.open(file.files?.[0] ?? null, passphrase.value);
    });
    this.#closing.addEventListener('click', actions.close);
    for (const form of document.querySelectorAll('form[data-erase]')) {
      form.addEventListener('submit', (event) => {
        event.preventDefault();
        actions.erase(/** @type {HTMLFormElement} */ (form));
      });
    }
    this.#form.hidden = false;
  }

  opening() {
    write(find(this.#form, '[data-refused]', HTMLElement), '');
    write(this.#state, this.#words.say('inbox_opening'));
  }

  /**
   * Say why the inbox was not opened.
   * @param {string} code
   */
  refused(code) {
    write(this.#state, '');
    const refused = find(this.#form, '[data-refused]', HTMLElement);
    write(
      refused,
      this.#words.say(this.#words.has(`refused_${code}`) ? `refused_${code}` : 'refused_unanswered'),
    );
    refused.focus();
  }

  /**
   * @param {{letters: OpenedLetter[], lines: OpenedLine[]}} opened
   */
  show({ letters, lines }) {
    this.#form.reset();
    this.#form.hidden = true;
    this.#closing.hidden = false;
    write(this.#state, this.#words.say('inbox_open'));
    this.#closing.focus();
    for (const opened of letters) this.#showLetter(opened);
    for (const opened of lines) this.#showLine(opened);
  }

  /**
   * Leave nothing on the page that was opened, nor the file and the passphrase.
   * @param {string} [word] what to say about it
   */
  close(word) {
    this.#form.reset();
    this.#form.hidden = false;
    this.#closing.hidden = true;
    write(this.#state, word ? this.#words.say(word) : '');
    if (word) find(this.#form, '[data-file]', HTMLInputElement).focus();
    for (const element of this.#document.querySelectorAll('[data-letter]')) clearLetter(element);
    for (const list of this.#document.querySelectorAll('[data-lines]')) {
      list.replaceChildren();
      /** @type {HTMLElement} */ (list).hidden = true;
      const locked = list.parentElement?.querySelector('[data-locked]');
      if (locked instanceof HTMLElement) locked.hidden = false;
    }
  }

  /**
   * Take an erased letter off the page.
   * @param {HTMLFormElement} form its form
   */
  erased(form) {
    form.closest('[data-letter]')?.remove();
    const count = find(this.#document, '[data-letter-count]', HTMLElement);
    write(count, String(Number(count.textContent) - 1));
    find(this.#document, '[data-no-letters]', HTMLElement).hidden =
      this.#document.querySelector('[data-letter]') !== null;
    write(this.#state, this.#words.say('inbox_erased'));
    (this.#closing.hidden ? find(this.#form, '[data-file]', HTMLInputElement) : this.#closing).focus();
  }

  notErased() {
    write(this.#state, this.#words.say('inbox_not_erased'));
  }

  /** @param {OpenedLetter} opened */
  #showLetter({ number, letter, problem }) {
    const element = this.#document.querySelector(`[data-letter="${number}"]`);
    if (element === null) return;
    const locked = find(element, '[data-locked]', HTMLElement);
    if (letter === null) {
      write(locked, this.#words.say(`letter_${problem}`));
      return;
    }
    locked.hidden = true;
    find(element, '[data-opened]', HTMLElement).hidden = false;
    find(element, '[data-text]', HTMLElement).textContent = letter.text;
    const topic = find(element, '[data-topic]', HTMLElement);
    topic.hidden = false;
    topic.textContent = this.#words.say(`topic_${letter.topic}`);
    find(element, '[data-answer]', HTMLElement).hidden = letter.email === '';
    find(element, '[data-no-answer]', HTMLElement).hidden = letter.email !== '';
    const link = find(element, '[data-email]', HTMLAnchorElement);
    link.textContent = letter.email;
    // Encoded whole, so that an address can bring along neither a subject nor a second receiver.
    if (EMAIL.test(letter.email)) {
      link.href = `mailto:${encodeURIComponent(letter.email).replaceAll('%40', '@')}`;
    }
  }

  /** @param {OpenedLine} opened */
  #showLine({ day, face, line }) {
    const batch = this.#document.querySelector(`[data-batch="${day}"]`);
    if (batch === null) return;
    find(batch, '[data-locked]', HTMLElement).hidden = true;
    const list = find(batch, '[data-lines]', HTMLElement);
    list.hidden = false;
    const item = copy(this.#line);
    find(item, '[data-text]', HTMLElement).textContent = line ?? this.#words.say('line_unreadable');
    find(item, '[data-face]', HTMLElement).textContent = this.#words.say(`face_${face}`);
    list.append(item);
  }
}

/** @param {Element} element */
function clearLetter(element) {
  find(element, '[data-locked]', HTMLElement).hidden = false;
  find(element, '[data-opened]', HTMLElement).hidden = true;
  find(element, '[data-topic]', HTMLElement).hidden = true;
  for (const name of ['text', 'topic', 'email'])
    find(element, `[data-${name}]`, HTMLElement).textContent = '';
  find(element, '[data-email]', HTMLAnchorElement).removeAttribute('href');
}
