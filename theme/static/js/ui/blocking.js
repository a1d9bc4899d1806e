/**
 * "Avsluta och spärra": the dialog that explains it, and the way back afterwards.
 *
 * Knows the parts of mentor_blocking.html and mentor_blocked.html. Nobody here knows an address.
 */

import { find, write } from './elements.js';

/** @import { DeskView } from '../conversation/desk.js' */
/** @import { Words } from './words.js' */

/** @typedef {{block: () => void, undoBlock: () => void}} BlockingActions */

export class Blocking {
  #open;
  #dialog;
  #after;
  #said;
  #undo;
  #words;
  #wasBlocked = false;

  /** @param {{root: HTMLElement, words: Words} & BlockingActions} parts */
  constructor({ root, words, block, undoBlock }) {
    this.#words = words;
    this.#open = find(root, '[data-block-open]', HTMLButtonElement);
    this.#dialog = find(root, '[data-block-dialog]', HTMLDialogElement);
    this.#after = find(root, '[data-block-after]', HTMLElement);
    this.#said = find(root, '[data-block-said]', HTMLElement);
    this.#undo = find(root, '[data-block-undo]', HTMLButtonElement);
    this.#open.addEventListener('click', () => {
      this.#open.closest('dialog')?.close();
      this.#dialog.showModal();
    });
    find(root, '[data-block-no]', HTMLButtonElement).addEventListener('click', () => this.#dialog.close());
    find(root, '[data-block-yes]', HTMLButtonElement).addEventListener('click', () => {
      this.#dialog.close();
      block();
    });
    this.#undo.addEventListener('click', () => undoBlock());
  }

  /** @param {DeskView} view */
  show({ conversation, connected, block }) {
    this.#open.disabled = conversation === null || !connected;
    if (conversation === null && this.#dialog.open) this.#dialog.close();
    const isOver = block === null && this.#wasBlocked && conversation === null;
    this.#after.hidden = block === null && !isOver;
    this.#undo.hidden = block === null || block.label === null;
    this.#undo.disabled = !connected;
    if (block !== null) this.#wasBlocked = true;
    if (conversation !== null) this.#wasBlocked = false;
    const word = isOver ? 'block_undone' : block?.label === null ? 'block_impossible' : 'blocked';
    write(this.#said, this.#after.hidden ? '' : this.#words.say(word, { label: block?.label ?? '' }));
  }
}
