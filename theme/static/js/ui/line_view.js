/**
 * The mentor's panel "Samordnaren", beside the conversation: opened by a button, closed by a button or Escape.
 *
 * Nobody shall write to the wrong person: while the panel is open both boxes say whom they write to, the panel has
 * colours and edges of its own, focus follows only what the mentor herself does, and where there is no room for both
 * only one of them is on the screen. Knows the parts of mentor_line.html.
 */

import { find, write } from './elements.js';
import { LineBox } from './line_box.js';
import { LineLogView } from './line_log_view.js';

/** @import { LineView } from '../conversation/line.js' */
/** @import { Words } from './words.js' */

/**
 * @typedef {object} MentorLineViewParts
 * @property {Document} document
 * @property {Words} words
 * @property {() => boolean} isTouch
 * @property {{ask: (text: string) => boolean, retry: (id: number) => void, read: () => void}} actions
 */

export class MentorLineView {
  #document;
  #words;
  #isTouch;
  #actions;
  #panel;
  #state;
  #told;
  #news;
  #buttons;
  #box;
  #log;
  /** The button that opened the panel. @type {HTMLElement | null} */
  #opener = null;
  /** @type {LineView | null} */
  #view = null;

  /** @param {MentorLineViewParts} parts */
  constructor({ document, words, isTouch, actions }) {
    this.#document = document;
    this.#words = words;
    this.#isTouch = isTouch;
    this.#actions = actions;
    this.#panel = find(document, '[data-ask]', HTMLElement);
    this.#state = find(this.#panel, '[data-ask-state]', HTMLElement);
    this.#news = find(this.#panel, '[data-ask-news]', HTMLElement);
    this.#told = find(document, '[data-ask-told]', HTMLElement);
    this.#buttons = [...document.querySelectorAll('[data-ask-open]')].filter(
      (button) => button instanceof HTMLButtonElement,
    );
    this.#box = new LineBox({ root: this.#panel, words, isTouch, send: actions.ask });
    this.#log = new LineLogView({
      root: this.#panel,
      template: find(document, 'template[data-ask-entry]', HTMLTemplateElement),
      words,
      other: words.say('line_coordinator'),
      retry: actions.retry,
    });
    for (const button of this.#buttons)
      button.addEventListener('click', () => (this.#isOpen ? this.#close() : this.#open(button)));
    find(this.#panel, '[data-ask-close]', HTMLButtonElement).addEventListener('click', () => this.#close());
    this.#panel.addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && !event.isComposing) this.#close();
    });
    document.addEventListener('visibilitychange', () => this.#look());
  }

  /** @param {LineView} view */
  show(view) {
    this.#view = view;
    this.#log.draw(view.entries);
    this.#look();
    const { state, unread } = this.#view;
    write(this.#state, this.#words.say(`line_${state}`));
    this.#state.dataset['askState'] = state;
    write(this.#told, this.#words.say(unread > 0 ? 'line_answered' : `line_${state}_told`));
    for (const button of this.#buttons) button.toggleAttribute('data-unread', unread > 0);
  }

  /** The visitor has written: on a small screen the panel hides it. */
  visitorWrote() {
    if (this.#isOpen) write(this.#news, this.#words.say('line_visitor_wrote'));
  }

  /** Leave nothing that was written on the page. */
  clear() {
    this.#box.clear();
    this.#log.draw([]);
  }

  get #isOpen() {
    return !this.#panel.hidden;
  }

  /** @param {HTMLElement} opener */
  #open(opener) {
    this.#opener = opener;
    this.#show(true);
    if (this.#view !== null && this.#view.entries.length > 0) this.#log.scrollToEnd();
    this.#look();
    if (this.#isTouch()) find(this.#panel, '[data-ask-title]', HTMLElement).focus();
    else this.#box.focus();
  }

  #close() {
    this.#show(false);
    write(this.#news, '');
    // The conversation may have ended meanwhile, and with it the button beside it is gone.
    const visible = this.#buttons.filter((button) => button.checkVisibility());
    (visible.find((button) => button === this.#opener) ?? visible[0])?.focus();
  }

  /** @param {boolean} isOpen */
  #show(isOpen) {
    this.#panel.hidden = !isOpen;
    this.#document.body.classList.toggle('is-asking', isOpen);
    for (const button of this.#buttons) button.setAttribute('aria-expanded', String(isOpen));
  }

  /** What stands in an open panel on a page in front has been seen. */
  #look() {
    const isSeen = this.#isOpen && this.#document.visibilityState === 'visible';
    if (isSeen && this.#view !== null && this.#view.unread > 0) this.#actions.read();
  }
}
