/**
 * The visitor's page: entry, room, afterwards. Shows what the conversation says and asks it for what people press.
 *
 * Knows the parts of conversation.html. Does not know sealing or the network.
 */

import { find, write } from './elements.js';
import { Room } from './room.js';

/** @import { VisitorView } from '../conversation/visitor.js' */
/** @import { Opening } from '../transport/opening.js' */
/** @import { RoomActions } from './room.js' */
/** @import { Words } from './words.js' */

/** Titles of the last screen that are not about a conversation that was had. @type {Record<string, string>} */
const TITLES = {
  left: 'left_title',
  closed: 'closed_title',
  full: 'full_title',
  unknown: 'lost_title',
  refused: 'lost_title',
  broken: 'lost_title',
  newer_tab: 'tab_title',
  wrong_version: 'version_title',
};

export class VisitorPage {
  #document;
  #words;
  #main;
  #begin;
  #opening;
  #room;
  #screen = 'entry';

  /** @param {{document: Document, words: Words, isTouch: () => boolean, begin: () => void, actions: RoomActions}} parts */
  constructor({ document, words, isTouch, begin, actions }) {
    this.#document = document;
    this.#words = words;
    this.#main = find(document, '[data-conversation]', HTMLElement);
    this.#begin = find(document, '[data-begin]', HTMLButtonElement);
    this.#opening = find(document, '[data-opening]', HTMLElement);
    const root = find(this.#main, '[data-screen="room"]', HTMLElement);
    this.#room = new Room({ root, words, isTouch, actions });
    find(document, '[data-needs-script]', HTMLElement).hidden = false;
    this.#begin.addEventListener('click', () => {
      this.#begin.disabled = true;
      begin();
    });
  }

  /** Say whether one may begin. @param {Opening | null} opening null when the service does not answer */
  showOpening(opening) {
    if (this.#screen !== 'entry') return;
    this.#begin.disabled = opening?.open !== true;
    const window = find(this.#main, '[data-screen="entry"] [data-window]', HTMLElement);
    window.toggleAttribute('data-lit', opening?.open === true);
    write(this.#opening, this.#openingWords(opening));
  }

  /** Say that this browser cannot do it. */
  showUnsupported() {
    this.#begin.disabled = true;
    write(this.#opening, this.#words.say('opening_unsupported'));
  }

  /** @param {VisitorView} view */
  show(view) {
    if (view.stage === 'over') {
      this.#showEnd(view.over ?? 'visitor');
      return;
    }
    const isWaiting = view.stage === 'joining' || view.stage === 'waiting';
    this.#room.show({
      ...this.#stageWords(view),
      endWord: isWaiting && view.mentor === null ? 'leave' : 'end',
      asksBeforeEnd: !(isWaiting && view.mentor === null),
      lit: view.stage === 'talking',
      connected: view.connected,
      mayWrite: true,
      other: view.mentor ?? '',
      question: view.question,
      lines: view.lines,
    });
    if (this.#to('room')) this.#room.enter();
  }

  /** The height has changed, as when a keyboard opens. */
  resized() {
    if (this.#screen === 'room') this.#room.scrollToEnd();
  }

  /** Leave nothing that was written on the page. */
  clear() {
    this.#room.clear();
  }

  /** @param {VisitorView} view */
  #stageWords({ stage, place, mentor, question }) {
    const say = (/** @type {string} */ name) =>
      this.#words.say(name, { alias: mentor ?? '', place: place ?? 1 });
    if (question !== null) return { headline: say('asked'), aside: '' };
    if (stage === 'talking') return { headline: say('talking'), aside: say('talking_aside') };
    if (stage === 'offered') return { headline: say('offered'), aside: say('offered_aside') };
    if (stage === 'away')
      return { headline: say(mentor ? 'away' : 'away_unknown'), aside: say('away_aside') };
    if (stage === 'joining') return { headline: say('joining'), aside: '' };
    const headline = place === null || place === 1 ? 'waiting_first' : 'waiting_place';
    return { headline: say(headline), aside: '' };
  }

  /** @param {string} over */
  #showEnd(over) {
    const screen = find(this.#main, '[data-screen="ended"]', HTMLElement);
    const title = find(screen, '[data-ended-title]', HTMLElement);
    write(title, this.#words.say(TITLES[over] ?? 'ended_title'));
    const word = this.#words.has(`ended_${over}`) ? `ended_${over}` : 'ended_visitor';
    write(find(screen, '[data-ended-text]', HTMLElement), this.#words.say(word));
    this.clear();
    if (this.#to('ended')) title.focus();
  }

  /** @param {Opening | null} opening */
  #openingWords(opening) {
    if (opening === null) return this.#words.say('opening_unknown');
    if (opening.open) return this.#words.say('opening_open');
    if (opening.reason === 'full') return this.#words.say('opening_full');
    return `${this.#words.say('opening_closed')} ${opening.detail}`.trim();
  }

  /** @param {'room' | 'ended'} screen @returns {boolean} whether it is another screen than before */
  #to(screen) {
    if (this.#screen === screen) return false;
    this.#screen = screen;
    for (const element of this.#main.querySelectorAll('[data-screen]')) {
      if (element instanceof HTMLElement) element.hidden = element.dataset['screen'] !== screen;
    }
    this.#document.body.classList.toggle('in-conversation', screen === 'room');
    this.#document.documentElement.scrollTop = 0;
    return true;
  }
}
