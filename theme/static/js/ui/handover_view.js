/**
 * Handing a conversation over, at both mentors' pages: choosing a colleague, how it stands, and being asked oneself.
 *
 * Knows the parts of mentor_handover.html and mentor_asked.html. Whether the visitor agrees is not known here.
 */

import { copy, find, write } from './elements.js';

/** @import { DeskView } from '../conversation/desk.js' */
/** @import { Colleague } from '../transport/frames.js' */
/** @import { Timers } from '../transport/socket.js' */
/** @import { Words } from './words.js' */

/** Whoever does not answer is perhaps not at the page: the colleague and the visitor do not wait for ever. */
export const ANSWER_WITHIN_MS = 90_000;

/**
 * @typedef {object} HandoverParts
 * @property {HTMLElement} root
 * @property {Words} words
 * @property {Timers} timers
 * @property {(colleague: Colleague) => void} propose
 * @property {() => void} takeOver
 * @property {() => void} turnDown
 */

export class HandoverView {
  #words;
  #timers;
  #propose;
  #turnDown;
  #open;
  #dialog;
  #list;
  #nobody;
  #template;
  #state;
  #asked;
  #title;
  /** @type {unknown} */
  #patience = null;
  #listed = '';

  /** @param {HandoverParts} parts */
  constructor({ root, words, timers, propose, takeOver, turnDown }) {
    this.#words = words;
    this.#timers = timers;
    this.#propose = propose;
    this.#turnDown = turnDown;
    this.#open = find(root, '[data-handover-open]', HTMLButtonElement);
    this.#dialog = find(root, '[data-handover]', HTMLDialogElement);
    this.#list = find(root, '[data-handover-list]', HTMLElement);
    this.#nobody = find(root, '[data-handover-nobody]', HTMLElement);
    this.#template = find(root, 'template[data-colleague]', HTMLTemplateElement);
    this.#state = find(root, '[data-handover-state]', HTMLElement);
    this.#asked = find(root, '[data-asked]', HTMLElement);
    this.#title = find(root, '[data-asked-title]', HTMLElement);
    this.#open.addEventListener('click', () => this.#dialog.showModal());
    find(root, '[data-handover-close]', HTMLButtonElement).addEventListener('click', () =>
      this.#dialog.close(),
    );
    find(root, '[data-asked-yes]', HTMLButtonElement).addEventListener('click', () => takeOver());
    find(root, '[data-asked-no]', HTMLButtonElement).addEventListener('click', () => turnDown());
  }

  /** @param {DeskView} view */
  show({ conversation, colleagues, asked }) {
    this.#open.disabled = conversation === null || conversation.stage === 'letting_in';
    this.#showColleagues(colleagues);
    write(this.#state, this.#stateWords(conversation?.handover ?? null));
    if (conversation === null && this.#dialog.open) this.#dialog.close();
    this.#showAsked(asked);
  }

  /** @param {Colleague[]} colleagues */
  #showColleagues(colleagues) {
    const listed = JSON.stringify(colleagues);
    if (listed === this.#listed) return;
    this.#listed = listed;
    this.#nobody.hidden = colleagues.length > 0;
    this.#list.replaceChildren();
    for (const colleague of colleagues) {
      const item = copy(this.#template);
      const button = find(item, 'button', HTMLButtonElement);
      button.textContent = colleague.alias;
      button.addEventListener('click', () => {
        this.#dialog.close();
        this.#propose(colleague);
      });
      this.#list.append(item);
    }
  }

  /** @param {{alias: string, answer: string | null, isAsked: boolean} | null} handover */
  #stateWords(handover) {
    if (handover === null) return '';
    const word = handover.answer === null ? 'handover_asks_visitor' : 'handover_asks_colleague';
    return this.#words.say(word, { alias: handover.alias });
  }

  /** @param {{by: string} | null} asked */
  #showAsked(asked) {
    const wasHidden = this.#asked.hidden;
    this.#asked.hidden = asked === null;
    if (asked === null) {
      this.#timers.clear(this.#patience);
      return;
    }
    write(this.#title, this.#words.say(asked.by === '' ? 'asked_unknown' : 'asked', { alias: asked.by }));
    if (!wasHidden) return;
    this.#title.focus();
    this.#patience = this.#timers.set(() => this.#turnDown(), ANSWER_WITHIN_MS);
  }
}
