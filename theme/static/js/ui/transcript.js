/**
 * What has been said, as a list on the page. Text goes in as text and never as anything else.
 *
 * Knows lines (conversation/transcript.js) and draws what is new. What somebody wrote oneself is not read aloud again.
 */

import { copy, find, write } from './elements.js';

/** @import { Line } from '../conversation/transcript.js' */
/** @import { Words } from './words.js' */

/** How near the end one must be for the list to follow what comes. */
const NEAR_PX = 80;

/**
 * @typedef {object} TranscriptParts
 * @property {HTMLElement} root holds the log, the list and the templates
 * @property {Words} words
 * @property {() => void} retry
 */

export class TranscriptView {
  #words;
  #retry;
  #log;
  #list;
  #lineTemplate;
  #noticeTemplate;
  /** @type {Map<number, HTMLElement>} */
  #drawn = new Map();

  /** @param {TranscriptParts} parts */
  constructor({ root, words, retry }) {
    this.#words = words;
    this.#retry = retry;
    this.#log = find(root, '[data-log]', HTMLElement);
    this.#list = find(root, '[data-lines]', HTMLElement);
    this.#lineTemplate = find(root, 'template[data-line]', HTMLTemplateElement);
    this.#noticeTemplate = find(root, 'template[data-notice]', HTMLTemplateElement);
  }

  /**
   * Draw what is new and bring the marks up to date.
   *
   * @param {readonly Line[]} lines
   * @param {{other: string, connected: boolean}} seen other: what the other side is called
   */
  draw(lines, { other, connected }) {
    if (lines.length === 0) {
      this.clear();
      return;
    }
    const follows = this.#isAtEnd();
    let isNew = false;
    for (const line of lines) {
      const drawn = this.#drawn.get(line.id);
      if (drawn !== undefined) {
        if (line.who === 'own') this.#mark(drawn, line, connected);
        continue;
      }
      isNew = true;
      const element = line.who === 'notice' ? this.#notice(line) : this.#line(line, other, connected);
      this.#drawn.set(line.id, element);
      this.#list.append(element);
    }
    if (isNew && (follows || lines.at(-1)?.who === 'own')) this.scrollToEnd();
  }

  scrollToEnd() {
    this.#log.scrollTop = this.#log.scrollHeight;
  }

  /** Leave nothing of what was said. */
  clear() {
    this.#list.replaceChildren();
    this.#drawn.clear();
  }

  /** @param {Line} line @param {string} other @param {boolean} connected */
  #line(line, other, connected) {
    const element = copy(this.#lineTemplate);
    const isOwn = line.who === 'own';
    element.classList.add(isOwn ? 'line--own' : 'line--other');
    // Whoever wrote it knows what it says: a screen reader need not say it again.
    if (isOwn) element.setAttribute('aria-live', 'off');
    write(find(element, '.line__who', HTMLElement), this.#speaker(line, other));
    write(find(element, '.line__text', HTMLElement), line.text);
    const time = find(element, '.line__time', HTMLTimeElement);
    if (line.at_ms === null) time.remove();
    else write(time, clock(line.at_ms));
    if (isOwn) {
      find(element, '.line__retry', HTMLButtonElement).addEventListener('click', () => this.#retry());
      this.#mark(element, line, connected);
    } else {
      find(element, '.line__foot', HTMLElement).remove();
    }
    return element;
  }

  /** @param {Line} line @param {string} other */
  #speaker(line, other) {
    if (line.who === 'own') return this.#words.say('you');
    return line.who === 'former' ? this.#words.say('former') : (line.name ?? other);
  }

  /** @param {Line} line */
  #notice(line) {
    const element = copy(this.#noticeTemplate);
    write(find(element, '.line__text', HTMLElement), this.#words.say(`notice_${line.notice}`));
    return element;
  }

  /** @param {HTMLElement} element @param {Line} line @param {boolean} connected */
  #mark(element, line, connected) {
    const mark = line.mark === 'sending' && !connected ? 'waiting' : (line.mark ?? 'sending');
    if (element.dataset['mark'] === mark) return;
    element.dataset['mark'] = mark;
    write(find(element, '.line__mark', HTMLElement), this.#words.say(`mark_${mark}`));
    find(element, '.line__retry', HTMLButtonElement).hidden = mark !== 'failed';
  }

  #isAtEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.#log;
    return scrollHeight - scrollTop - clientHeight < NEAR_PX;
  }
}

/** Give a time of day as it is written in Swedish: 19.04. @param {number} at_ms */
function clock(at_ms) {
  const at = new Date(at_ms);
  return `${String(at.getHours()).padStart(2, '0')}.${String(at.getMinutes()).padStart(2, '0')}`;
}
