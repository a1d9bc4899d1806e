/**
 * The room where two people talk, for both seats: transcript, composer, connection banner, question and end.
 *
 * Knows the parts of partials/conversation_room.html. Does not know what a conversation is: it is told what to show.
 */

import { Composer } from './composer.js';
import { closeDialogs, find, write } from './elements.js';
import { TranscriptView } from './transcript.js';

/** @import { Line } from '../conversation/transcript.js' */
/** @import { Words } from './words.js' */

/**
 * @typedef {object} RoomActions
 * @property {(text: string) => void} say
 * @property {() => void} retry
 * @property {() => void} end
 * @property {(answer: 'all' | 'new' | 'no') => void} answer
 * @property {(isTyping: boolean) => void} [typing]
 * @property {(id: number) => void} [takeBack] without it no line can be taken back
 */
/**
 * @typedef {object} RoomState
 * @property {string} headline
 * @property {string} aside
 * @property {string | null} endWord name of the text on the button that ends; null leaves it as it is
 * @property {boolean} asksBeforeEnd
 * @property {boolean} lit whether the lamp is on: somebody is there
 * @property {boolean} connected
 * @property {boolean} mayWrite
 * @property {string} other
 * @property {{alias: string, kind: 'new' | 'handover'} | null} question
 * @property {readonly Line[]} lines
 * @property {boolean} [typing] the other side is writing
 */
/**
 * @typedef {object} RoomParts
 * @property {HTMLElement} root
 * @property {Words} words
 * @property {() => boolean} isTouch
 * @property {RoomActions} actions
 * @property {boolean} [reminds] whether to remind of what tells who somebody is
 */

export class Room {
  #words;
  #actions;
  #status;
  #aside;
  #banner;
  #typing;
  #root;
  #windows;
  #waiting;
  #end;
  #dialog;
  #question;
  #transcript;
  #composer;
  #asksBeforeEnd = true;

  /** @param {RoomParts} parts */
  constructor({ root, words, isTouch, actions, reminds = false }) {
    this.#root = root;
    this.#words = words;
    this.#actions = actions;
    this.#status = find(root, '[data-status]', HTMLElement);
    this.#aside = find(root, '[data-aside]', HTMLElement);
    this.#banner = find(root, '[data-banner]', HTMLElement);
    this.#typing = find(root, '[data-typing]', HTMLElement);
    this.#windows = [...root.querySelectorAll('[data-window]')];
    this.#waiting = find(root, '[data-waiting]', HTMLElement);
    write(find(root, '[data-waiting-words]', HTMLElement), words.say('waiting_picture'));
    this.#end = find(root, '[data-end]', HTMLButtonElement);
    this.#dialog = find(root, '[data-end-dialog]', HTMLDialogElement);
    this.#question = find(root, '[data-question]', HTMLElement);
    this.#transcript = new TranscriptView({ root, words, ...actions });
    const { say: send, typing } = actions;
    this.#composer = new Composer({ root, words, isTouch, send, typing, reminds });
    this.#end.addEventListener('click', () => this.#askToEnd());
    find(root, '[data-end-yes]', HTMLButtonElement).addEventListener('click', () => {
      this.#dialog.close();
      actions.end();
    });
    find(root, '[data-end-no]', HTMLButtonElement).addEventListener('click', () => this.#dialog.close());
    for (const button of this.#question.querySelectorAll('[data-answer]')) {
      button.addEventListener('click', () => {
        const answer = /** @type {'all' | 'new' | 'no'} */ (button.getAttribute('data-answer'));
        actions.answer(answer);
        this.#composer.focus();
      });
    }
  }

  /** @param {RoomState} state */
  show(state) {
    write(this.#status, state.headline);
    write(this.#aside, state.aside);
    if (state.endWord !== null) write(this.#end, this.#words.say(state.endWord));
    this.#asksBeforeEnd = state.asksBeforeEnd;
    for (const window of this.#windows) window.toggleAttribute('data-lit', state.lit);
    this.#waiting.hidden = state.lines.length > 0 || state.question !== null;
    this.#composer.open(state.mayWrite);
    this.#transcript.draw(state.lines, state);
    this.#showBanner(state);
    write(this.#typing, state.typing ? this.#words.say('typing', { name: state.other }) : '');
    this.#showQuestion(state.question);
  }

  /** The room has just opened: go where one writes, or to what has happened. */
  enter() {
    this.#composer.focus();
    if (!this.#status.ownerDocument.activeElement?.matches('textarea')) this.#status.focus();
  }

  /** Whether nothing stands where one writes. */
  get isEmpty() {
    return this.#composer.isEmpty;
  }

  /** Put words into the box; nothing is sent. @param {string} words */
  fill(words) {
    this.#composer.fill(words);
  }

  scrollToEnd() {
    this.#transcript.scrollToEnd();
  }

  /** Leave nothing that was written on the page. */
  clear() {
    this.#transcript.clear();
    this.#composer.clear();
    for (const words of [this.#status, this.#aside, this.#banner, this.#typing]) write(words, '');
    this.#question.hidden = true;
    closeDialogs(this.#root);
  }

  #askToEnd() {
    if (this.#asksBeforeEnd) this.#dialog.showModal();
    else this.#actions.end();
  }

  /** @param {RoomState} state */
  #showBanner({ connected, lines }) {
    const hasFailed = lines.some((line) => line.mark === 'failed');
    const word = !connected ? 'banner' : hasFailed ? 'failed' : null;
    write(this.#banner, word === null ? '' : this.#words.say(word));
  }

  /** @param {RoomState['question']} question */
  #showQuestion(question) {
    const wasHidden = this.#question.hidden;
    this.#question.hidden = question === null;
    if (question === null) return;
    const title = find(this.#question, '[data-question-title]', HTMLElement);
    const { alias, kind } = question;
    const word = kind === 'new' ? 'question' : 'handover';
    write(title, this.#words.say(`${word}_title`, { alias }));
    write(
      find(this.#question, '[data-question-text]', HTMLElement),
      this.#words.say(`${word}_text`, { alias }),
    );
    write(find(this.#question, '[data-answer="no"]', HTMLElement), this.#words.say(`answer_no_${kind}`));
    if (wasHidden) title.focus();
  }
}
