/**
 * The mentor's phrases: a list that opens by its button, or by "/" as the first character that is written. What is
 * chosen goes into the box to be changed there; nothing is sent.
 *
 * The filter keeps the focus and the arrows move the choice, as in a combobox. Knows the parts of
 * mentor_catalogue.html; does not know what the box does with the words.
 */

import { find, write } from './elements.js';

/** @import { Words } from './words.js' */

const SLASH = '/';

/**
 * @typedef {object} PhrasesParts
 * @property {HTMLElement} root holds the button, the dialog and the box where one writes
 * @property {Words} words
 * @property {(phrase: string) => void} choose
 */

export class Phrases {
  #words;
  #choose;
  #dialog;
  #filter;
  #text;
  #found;
  #groups;
  /** @type {HTMLElement[]} */
  #phrases;
  /** @type {HTMLElement | null} */
  #active = null;
  /** Whether a "/" was taken out of the box, and goes back if nothing is chosen. */
  #owesSlash = false;

  /** @param {PhrasesParts} parts */
  constructor({ root, words, choose }) {
    this.#words = words;
    this.#choose = choose;
    this.#dialog = find(root, '[data-phrases]', HTMLDialogElement);
    this.#filter = find(root, '[data-phrases-filter]', HTMLInputElement);
    this.#found = find(root, '[data-phrases-found]', HTMLElement);
    this.#text = find(root, '[data-text]', HTMLTextAreaElement);
    this.#groups = [...this.#dialog.querySelectorAll('[data-phrase-group]')];
    this.#phrases = this.#groups.flatMap((group) => [...group.querySelectorAll('p')].filter(isPhrase));
    find(root, '[data-phrases-open]', HTMLButtonElement).addEventListener('click', () => this.#open());
    find(root, '[data-phrases-close]', HTMLButtonElement).addEventListener('click', () =>
      this.#dialog.close(),
    );
    this.#dialog.addEventListener('close', this.#onClose);
    this.#filter.addEventListener('input', () => this.#narrow());
    this.#filter.addEventListener('keydown', this.#onKeyDown);
    this.#text.addEventListener('input', this.#onWritten);
    for (const phrase of this.#phrases) phrase.addEventListener('click', () => this.#take(phrase));
  }

  #open() {
    this.#filter.value = '';
    this.#narrow();
    write(this.#found, '');
    this.#dialog.showModal();
    this.#filter.focus();
  }

  /** @param {Event} event */
  #onWritten = (event) => {
    if (!event.isTrusted || this.#text.value !== SLASH) return;
    this.#owesSlash = true;
    this.#write('');
    this.#open();
  };

  #onClose = () => {
    if (this.#owesSlash && this.#text.value === '') this.#write(SLASH);
    this.#owesSlash = false;
  };

  /** Change the box and say so, as typing does: whoever counts and tells of typing listens. @param {string} text */
  #write(text) {
    this.#text.value = text;
    this.#text.dispatchEvent(new Event('input'));
  }

  /** @param {KeyboardEvent} event */
  #onKeyDown = (event) => {
    if (event.isComposing) return;
    if (event.key === 'ArrowDown') this.#step(1);
    else if (event.key === 'ArrowUp') this.#step(-1);
    else if (event.key === 'Enter') {
      if (this.#active !== null) this.#take(this.#active);
    } else return;
    event.preventDefault();
  };

  /** @param {1 | -1} direction */
  #step(direction) {
    const shown = this.#shown;
    const from = this.#active === null ? -1 : shown.indexOf(this.#active);
    this.#activate(shown.at((from + direction) % shown.length) ?? null);
    this.#active?.scrollIntoView({ block: 'nearest' });
  }

  /** Show the phrases in which every word of the filter stands. */
  #narrow() {
    const wanted = this.#filter.value.toLowerCase().split(/\s+/);
    for (const phrase of this.#phrases) {
      const text = phrase.textContent?.toLowerCase() ?? '';
      phrase.hidden = !wanted.every((word) => text.includes(word));
    }
    for (const group of this.#groups) {
      group.toggleAttribute(
        'hidden',
        this.#shown.every((phrase) => phrase.parentElement !== group),
      );
    }
    const count = this.#shown.length;
    this.#activate(this.#shown[0] ?? null);
    write(this.#found, this.#words.say(count === 0 ? 'phrases_none' : 'phrases_found', { count }));
  }

  /** @param {HTMLElement | null} phrase */
  #activate(phrase) {
    this.#active?.setAttribute('aria-selected', 'false');
    this.#active = phrase;
    if (phrase === null) {
      this.#filter.removeAttribute('aria-activedescendant');
      return;
    }
    phrase.setAttribute('aria-selected', 'true');
    this.#filter.setAttribute('aria-activedescendant', phrase.id);
  }

  /** @param {HTMLElement} phrase */
  #take(phrase) {
    this.#owesSlash = false;
    this.#dialog.close();
    this.#choose(phrase.textContent?.trim() ?? '');
  }

  get #shown() {
    return this.#phrases.filter((phrase) => !phrase.hidden);
  }
}

/** @param {HTMLElement} element */
function isPhrase(element) {
  return element.hasAttribute('data-phrase');
}
