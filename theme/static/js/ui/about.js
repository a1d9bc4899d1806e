/**
 * What somebody may tell before the beginning: a name to be called by, and by one press when and where it is about.
 * Nothing of it is needed, and a second press takes it back.
 */

import { LONGEST_ALIAS } from '../crypto/lengths.js';
import { find } from './elements.js';

/** @import { About } from '../conversation/voice.js' */

export class AboutForm {
  #alias;
  #choices;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.#alias = find(root, '[data-alias]', HTMLInputElement);
    this.#choices = [...root.querySelectorAll('[data-about]')];
    for (const choice of this.#choices) {
      choice.addEventListener('click', () => {
        const isChosen = choice.getAttribute('aria-pressed') === 'true';
        for (const other of this.#choices) {
          if (other.getAttribute('data-about') === choice.getAttribute('data-about'))
            other.setAttribute('aria-pressed', 'false');
        }
        choice.setAttribute('aria-pressed', String(!isChosen));
      });
    }
  }

  /** Take what was told out of the page. @returns {About | null} null when nothing was told */
  take() {
    const about = /** @type {About} */ ({
      alias: [...this.#alias.value.trim()].slice(0, LONGEST_ALIAS).join(''),
      when: this.#chosen('when'),
      where: this.#chosen('where'),
    });
    this.#alias.value = '';
    for (const choice of this.#choices) choice.setAttribute('aria-pressed', 'false');
    return about.alias || about.when || about.where ? about : null;
  }

  /** @param {string} name */
  #chosen(name) {
    const chosen = this.#choices.find(
      (each) => each.getAttribute('data-about') === name && each.getAttribute('aria-pressed') === 'true',
    );
    return chosen?.getAttribute('data-value') ?? '';
  }
}
