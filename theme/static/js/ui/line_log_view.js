/**
 * What was written on a line, as a list on the page. Text goes in as text and never as anything else.
 *
 * Knows the entries of conversation/line_log.js. It looks unlike the conversation on purpose.
 */

import { copy, find, write } from './elements.js';

/** @import { LineEntry } from '../conversation/line_log.js' */
/** @import { Words } from './words.js' */

/** How near the end one must be for the list to follow. */
const NEAR_PX = 60;

/**
 * @typedef {object} LineLogViewParts
 * @property {HTMLElement} root holds the log
 * @property {HTMLTemplateElement} template of one entry
 * @property {Words} words
 * @property {string} other what the other side is called
 * @property {(id: number) => void} retry
 */

export class LineLogView {
  #words;
  #other;
  #retry;
  #log;
  #list;
  #template;
  #follows = true;
  /** @type {Map<number, HTMLElement>} */
  #drawn = new Map();

  /** @param {LineLogViewParts} parts */
  constructor({ root, template, words, other, retry }) {
    this.#words = words;
    this.#other = other;
    this.#retry = retry;
    this.#template = template;
    this.#log = find(root, '[data-ask-log]', HTMLElement);
    this.#list = find(root, '[data-ask-entries]', HTMLElement);
    this.#log.addEventListener('scroll', () => {
      const { scrollHeight, scrollTop, clientHeight } = this.#log;
      this.#follows = scrollHeight - scrollTop - clientHeight < NEAR_PX;
    });
    // The log shrinks when what one writes grows: whoever read the end goes on seeing it.
    new ResizeObserver(() => this.#follows && this.#drawn.size > 0 && this.scrollToEnd()).observe(this.#log);
  }

  /** @param {readonly LineEntry[]} entries */
  draw(entries) {
    const ids = new Set(entries.map((entry) => entry.id));
    for (const [id, element] of this.#drawn) {
      if (ids.has(id)) continue;
      element.remove();
      this.#drawn.delete(id);
    }
    for (const entry of entries) {
      const element = this.#drawn.get(entry.id) ?? this.#add(entry);
      if (entry.who === 'own') this.#mark(element, entry);
    }
  }

  scrollToEnd() {
    this.#log.scrollTop = this.#log.scrollHeight;
  }

  /** @param {LineEntry} entry */
  #add(entry) {
    const element = copy(this.#template);
    element.classList.add(`ask-entry--${entry.who}`);
    // Whoever wrote it knows what it says.
    if (entry.who === 'own') element.setAttribute('aria-live', 'off');
    const isNotice = entry.who === 'notice';
    const who = find(element, '.ask-entry__who', HTMLElement);
    if (isNotice) who.remove();
    else write(who, entry.who === 'own' ? this.#words.say('line_you') : this.#other);
    const text = find(element, '.ask-entry__text', HTMLElement);
    write(text, isNotice ? this.#words.say(entry.text) : entry.text);
    const foot = find(element, '.ask-entry__foot', HTMLElement);
    if (entry.who === 'own')
      find(foot, 'button', HTMLButtonElement).addEventListener('click', () => this.#retry(entry.id));
    else foot.remove();
    this.#drawn.set(entry.id, element);
    this.#list.append(element);
    this.scrollToEnd();
    return element;
  }

  /** @param {HTMLElement} element @param {LineEntry} entry */
  #mark(element, { mark }) {
    element.dataset['mark'] = mark ?? '';
    write(find(element, '.ask-entry__mark', HTMLElement), this.#words.say(`line_mark_${mark}`));
    find(element, '.ask-entry__retry', HTMLButtonElement).hidden = mark !== 'lost';
  }
}
