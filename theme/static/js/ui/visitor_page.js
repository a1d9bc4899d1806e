/**
 * The visitor's page: entry, room, afterwards. Shows what the conversation says and asks it for what people press.
 *
 * Knows the parts of conversation.html. Does not know sealing or the network.
 */

import { AboutForm } from './about.js';
import { Call } from './call.js';
import { Choices } from './choices.js';
import { Closing } from './closing.js';
import { find, write } from './elements.js';
import { Feedback } from './feedback.js';
import { Room } from './room.js';
import { Waiting } from './waiting.js';

/** @import { VisitorView } from '../conversation/visitor.js' */
/** @import { About } from '../conversation/voice.js' */
/** @import { Opening } from '../transport/opening.js' */
/** @import { Timers } from '../transport/socket.js' */
/** @import { FeedbackFields } from './feedback.js' */
/** @import { RoomActions } from './room.js' */
/** @import { Words } from './words.js' */

/** Titles of the last screen that are not about a conversation that was had. @type {Record<string, string>} */
const TITLES = {
  left: 'left_title',
  closed: 'closed_title',
  full: 'full_title',
  blocked: 'blocked_title',
  unknown: 'lost_title',
  refused: 'lost_title',
  broken: 'lost_title',
  newer_tab: 'tab_title',
  wrong_version: 'version_title',
};

/** How a conversation ends that somebody has had, so that one may ask how it felt. */
const HAD = ['visitor', 'mentor', 'silence'];

/** @typedef {RoomActions & {shareTyping: (isShared: boolean) => void, askForAnother: () => void}} VisitorActions */
/**
 * @typedef {object} VisitorPageParts
 * @property {Document} document
 * @property {Words} words
 * @property {() => boolean} isTouch
 * @property {Timers} timers
 * @property {() => AudioContext} openAudio
 * @property {(pattern: number[]) => void} shake
 * @property {(text: string) => Promise<void>} copy
 * @property {(about: About | null) => void} begin
 * @property {() => Promise<Opening | null>} askOpening
 * @property {(fields: FeedbackFields) => Promise<boolean>} giveFeedback
 * @property {VisitorActions} actions
 */

export class VisitorPage {
  #document;
  #words;
  #main;
  #begin;
  #about;
  #opening;
  #room;
  #waiting;
  #choices;
  #call;
  #askOpening;
  #feedback;
  #closing;
  #screen = 'entry';

  /** @param {VisitorPageParts} parts */
  constructor({ document, words, begin, askOpening, giveFeedback, actions, ...device }) {
    const { isTouch, timers, openAudio, shake, copy } = device;
    this.#document = document;
    this.#words = words;
    this.#askOpening = askOpening;
    this.#main = find(document, '[data-conversation]', HTMLElement);
    this.#begin = find(document, '[data-begin]', HTMLButtonElement);
    this.#about = new AboutForm(this.#main);
    this.#opening = find(document, '[data-opening]', HTMLElement);
    const root = find(this.#main, '[data-screen="room"]', HTMLElement);
    this.#room = new Room({ root, words, isTouch, actions, reminds: true });
    this.#closing = new Closing({ document, root, words });
    this.#call = new Call({ document, title: words.say('call_title'), openAudio, shake });
    this.#waiting = new Waiting({ root, room: this.#room, words, call: this.#call, timers });
    this.#choices = new Choices({ root, words, copy, ...actions });
    this.#feedback = new Feedback({ root: this.#main, words, give: giveFeedback });
    this.#copyHelpNumbers();
    this.#begin.addEventListener('click', () => {
      this.#begin.disabled = true;
      begin(this.#about.take());
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
      this.#showEnd(view.over ?? 'visitor', view.isCut);
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
      typing: view.typing,
    });
    this.#waiting.show(view);
    this.#closing.show(isWaiting ? 'waiting' : 'talking');
    this.#choices.show(view);
    if (this.#to('room')) this.#room.enter();
  }

  /** The height has changed, as when a keyboard opens. */
  resized() {
    if (this.#screen === 'room') this.#room.scrollToEnd();
  }

  /** Leave nothing that was written on the page. */
  clear() {
    this.#feedback.clear();
    this.#clearRoom();
  }

  #clearRoom() {
    this.#about.take();
    this.#room.clear();
    this.#choices.clear();
    this.#call.quiet();
  }

  /** @param {VisitorView} view */
  #stageWords({ stage, isWorking, place, wait_min, mentor, question }) {
    const say = (/** @type {string} */ name) =>
      this.#words.say(name, { alias: mentor ?? '', place: place ?? 1 });
    if (question?.kind === 'new') return { headline: say('asked'), aside: '' };
    if (stage === 'talking') return { headline: say('talking'), aside: say('talking_aside') };
    if (stage === 'offered') return { headline: say('offered'), aside: say('offered_aside') };
    if (stage === 'away')
      return { headline: say(mentor ? 'away' : 'away_unknown'), aside: say('away_aside') };
    if (stage === 'joining' && isWorking) return { headline: say('working'), aside: say('working_aside') };
    if (stage === 'joining') return { headline: say('joining'), aside: '' };
    const headline = place === null || place === 1 ? 'waiting_first' : 'waiting_place';
    const [from, to] = wait_min ?? [0, 0];
    const word = from === 0 ? 'wait_most' : 'wait_range';
    return { headline: say(headline), aside: to === 0 ? '' : this.#words.say(word, { from, to }) };
  }

  /** The same numbers as on every page, where one can reach them without leaving. */
  #copyHelpNumbers() {
    const numbers = this.#document.querySelector('.help-numbers__list');
    for (const place of this.#main.querySelectorAll('[data-help]')) {
      if (numbers !== null) place.append(numbers.cloneNode(true));
    }
  }

  /** @param {string} over @param {boolean} isCut */
  #showEnd(over, isCut) {
    const screen = find(this.#main, '[data-screen="ended"]', HTMLElement);
    const title = find(screen, '[data-ended-title]', HTMLElement);
    write(title, this.#words.say(TITLES[over] ?? 'ended_title'));
    const word = this.#words.has(`ended_${over}`) ? `ended_${over}` : 'ended_visitor';
    if (this.#words.has(`again_${over}`))
      write(find(screen, '[data-again]', HTMLAnchorElement), this.#words.say(`again_${over}`));
    write(find(screen, '[data-ended-text]', HTMLElement), this.#words.say(word));
    write(find(screen, '[data-ended-cut]', HTMLElement), isCut ? this.#words.say('ended_cut') : '');
    this.#clearRoom();
    this.#feedback.show(HAD.includes(over));
    find(screen, '[data-again]', HTMLElement).hidden = over === 'blocked';
    if (!this.#to('ended')) return;
    title.focus();
    if (over === 'blocked') return;
    const next = find(screen, '[data-ended-next]', HTMLElement);
    void this.#askOpening().then((opening) => {
      if (opening !== null) write(next, this.#openingWords(opening));
    });
  }

  /** @param {Opening | null} opening */
  #openingWords(opening) {
    if (opening === null) return this.#words.say('opening_unknown');
    if (opening.open) return this.#words.say('opening_open');
    if (opening.reason === 'last_entry') return `${this.#words.say('opening_last')} ${opening.detail}`;
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
    this.#document.body.classList.toggle('after-conversation', screen === 'ended');
    this.#document.documentElement.scrollTop = 0;
    return true;
  }
}
