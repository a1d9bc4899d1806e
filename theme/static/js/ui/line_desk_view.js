/**
 * The mentors' questions on the coordinator's page: a card for each mentor, with her name, the log and an answer box.
 *
 * Cards stand in the order in which the mentors asked and never move: whoever writes in one of them shall not find
 * another under her hands. Knows the parts of coordinator_line.html. Does not know sealing or the network.
 */

import { copy, find, write } from './elements.js';
import { LineBox } from './line_box.js';
import { LineLogView } from './line_log_view.js';

/** @import { LineDeskView, TalkView } from '../conversation/line_desk.js' */
/** @import { Words } from './words.js' */

/**
 * @typedef {object} DeskViewParts
 * @property {Document} document
 * @property {Words} words
 * @property {() => boolean} isTouch
 * @property {object} actions
 * @property {(page: string, text: string) => void} actions.answer
 * @property {(page: string, id: number) => void} actions.retry
 * @property {(page: string) => void} actions.read
 */
/** @typedef {{element: HTMLElement, box: LineBox, log: LineLogView}} Card */

export class CoordinatorView {
  #document;
  #words;
  #isTouch;
  #actions;
  #title;
  #root;
  #list;
  #template;
  #entry;
  #next = 1;
  /** @type {Map<string, Card>} */
  #cards = new Map();

  /** @param {DeskViewParts} parts */
  constructor({ document, words, isTouch, actions }) {
    this.#document = document;
    this.#title = document.title;
    this.#words = words;
    this.#isTouch = isTouch;
    this.#actions = actions;
    this.#root = find(document, '[data-line-desk]', HTMLElement);
    this.#list = find(this.#root, '[data-talks]', HTMLElement);
    this.#template = find(document, 'template[data-talk]', HTMLTemplateElement);
    this.#entry = find(document, 'template[data-ask-entry]', HTMLTemplateElement);
  }

  /** @param {LineDeskView} view */
  show({ connection, stopped, talks, refused }) {
    this.#state(connection, stopped);
    find(this.#root, '[data-talks-none]', HTMLElement).hidden = talks.length > 0;
    write(
      find(this.#root, '[data-talks-refused]', HTMLElement),
      refused === 0 ? '' : this.#words.say('line_refused', { count: refused }),
    );
    const pages = new Set(talks.map((talk) => talk.page));
    for (const [page, card] of this.#cards) if (!pages.has(page)) this.#remove(page, card);
    for (const talk of talks) this.#draw(talk);
    const unread = talks.reduce((sum, talk) => sum + talk.unread, 0);
    this.#document.title = unread === 0 ? this.#title : `(${unread}) ${this.#title}`;
  }

  /** Leave nothing that was written on the page. */
  clear() {
    for (const [page, card] of this.#cards) this.#remove(page, card);
    this.#document.title = this.#title;
  }

  /** @param {LineDeskView['connection']} connection @param {LineDeskView['stopped']} stopped */
  #state(connection, stopped) {
    const special = `desk_stopped_${stopped}`;
    const word = stopped !== null && this.#words.has(special) ? special : `desk_${connection}`;
    write(find(this.#root, '[data-talks-state]', HTMLElement), this.#words.say(word));
  }

  /** @param {TalkView} talk */
  #draw(talk) {
    const { element, log } = this.#cards.get(talk.page) ?? this.#add(talk);
    log.draw(talk.entries);
    if (talk.unread > 0 && element.contains(this.#document.activeElement)) this.#look(talk.page);
    const there = talk.isThere ? '' : this.#words.say('talk_gone', { alias: talk.alias });
    write(find(element, '[data-talk-gone]', HTMLElement), there);
    find(element, '[data-talk-new]', HTMLElement).hidden = talk.unread === 0;
    element.toggleAttribute('data-unread', talk.unread > 0);
  }

  /** @param {TalkView} talk @returns {Card} */
  #add({ page, alias }) {
    const element = copy(this.#template);
    const number = this.#next;
    this.#next += 1;
    const name = find(element, '[data-talk-name]', HTMLElement);
    name.id = `fraga-${number}`;
    write(name, alias);
    element.setAttribute('aria-labelledby', name.id);
    find(element, '[data-ask-log]', HTMLElement).setAttribute(
      'aria-label',
      this.#words.say('talk_log', { alias }),
    );
    const label = find(element, '[data-ask-label]', HTMLLabelElement);
    const text = find(element, '[data-ask-text]', HTMLTextAreaElement);
    const count = find(element, '[data-ask-count]', HTMLElement);
    write(label, this.#words.say('talk_answer', { alias }));
    text.id = `svar-${number}`;
    label.htmlFor = text.id;
    count.id = `svar-${number}-antal`;
    text.setAttribute('aria-describedby', count.id);
    const words = this.#words;
    const box = new LineBox({
      root: element,
      words,
      isTouch: this.#isTouch,
      send: (said) => {
        this.#actions.answer(page, said);
        return true;
      },
    });
    const retry = (/** @type {number} */ id) => this.#actions.retry(page, id);
    const log = new LineLogView({ root: element, template: this.#entry, words, other: alias, retry });
    for (const event of ['focusin', 'pointerdown']) element.addEventListener(event, () => this.#look(page));
    this.#list.append(element);
    const card = { element, box, log };
    this.#cards.set(page, card);
    return card;
  }

  /** @param {string} page */
  #look(page) {
    if (this.#document.visibilityState === 'visible') this.#actions.read(page);
  }

  /** @param {string} page @param {Card} card */
  #remove(page, { element, box, log }) {
    box.clear();
    log.draw([]);
    element.remove();
    this.#cards.delete(page);
  }
}
