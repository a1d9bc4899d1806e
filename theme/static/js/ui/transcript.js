/**
 * What has been said, as a list on the page. Text goes in as text and never as anything else.
 *
 * Knows lines (conversation/transcript.js) and draws what is new. What somebody wrote oneself is not read aloud again.
 */

import { copy, find, write } from './elements.js';

/** @import { Card, Line } from '../conversation/transcript.js' */
/** @import { Words } from './words.js' */

/** How near the end one must be for the list to follow what comes. */
const NEAR_PX = 80;

/**
 * @typedef {object} TranscriptParts
 * @property {HTMLElement} root holds the log, the list and the templates
 * @property {Words} words
 * @property {() => void} retry
 * @property {((id: number) => void) | undefined} [takeBack]
 */

export class TranscriptView {
  #words;
  #retry;
  #takeBack;
  #log;
  #list;
  #lineTemplate;
  #noticeTemplate;
  #cardTemplate;
  #follows = true;
  /** @type {Map<number, HTMLElement>} */
  #drawn = new Map();

  /** @param {TranscriptParts} parts */
  constructor({ root, words, retry, takeBack }) {
    this.#words = words;
    this.#retry = retry;
    this.#takeBack = takeBack;
    this.#log = find(root, '[data-log]', HTMLElement);
    this.#log.addEventListener('scroll', () => {
      this.#follows = this.#isAtEnd();
    });
    // The log shrinks when what one writes grows: whoever read the end goes on seeing it.
    new ResizeObserver(() => this.#follows && this.scrollToEnd()).observe(this.#log);
    this.#list = find(root, '[data-lines]', HTMLElement);
    this.#lineTemplate = find(root, 'template[data-line]', HTMLTemplateElement);
    this.#noticeTemplate = find(root, 'template[data-notice]', HTMLTemplateElement);
    this.#cardTemplate = find(root, 'template[data-card]', HTMLTemplateElement);
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
    this.#removeAllBut(new Set(lines.map((line) => line.id)));
    for (const line of lines) {
      const drawn = this.#drawn.get(line.id);
      if (drawn !== undefined) {
        if (line.isTakenBack) this.#empty(drawn);
        if (line.who === 'own') this.#mark(drawn, line, connected);
        // What the other side is called may be told after the first lines.
        if (line.who === 'other') write(find(drawn, '.line__who', HTMLElement), this.#speaker(line, other));
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
    if (line.card !== null) this.#card(element, line.card);
    if (line.isTakenBack) this.#empty(element);
    const time = find(element, '.line__time', HTMLTimeElement);
    if (line.at_ms === null) time.remove();
    else write(time, clock(line.at_ms));
    if (isOwn) {
      find(element, '.line__retry', HTMLButtonElement).addEventListener('click', () => this.#retry());
      const back = find(element, '.line__back', HTMLButtonElement);
      if (this.#takeBack === undefined || line.card !== null) back.remove();
      else back.addEventListener('click', () => this.#takeBack?.(line.id));
      this.#mark(element, line, connected);
    } else {
      find(element, '.line__foot', HTMLElement).remove();
    }
    return element;
  }

  /**
   * A referral: the one place where an address is a link, which opens beside the conversation and never over it.
   *
   * @param {HTMLElement} element
   * @param {Card} card checked when it was opened: https or tel
   */
  #card(element, { title, text, link }) {
    const card = copy(this.#cardTemplate);
    write(find(card, '.card__title', HTMLElement), title);
    write(find(card, '.card__text', HTMLElement), text);
    const anchor = find(card, '.card__link', HTMLAnchorElement);
    const outside = find(card, '.card__outside', HTMLElement);
    const isPage = link.startsWith('https://');
    outside.hidden = !isPage;
    if (link === '') anchor.remove();
    else {
      anchor.href = link;
      anchor.rel = 'noopener noreferrer';
      // The conversation stays where it is; and what the link says is where it leads.
      if (isPage) anchor.target = '_blank';
      const leadsTo = isPage ? link.slice('https://'.length) : link.slice('tel:'.length).replaceAll('-', ' ');
      write(anchor, this.#words.say(isPage ? 'card_open' : 'card_call', { to: leadsTo }));
    }
    find(element, '.line__text', HTMLElement).replaceWith(card);
  }

  /** What was taken back leaves a word where it stood. @param {HTMLElement} element */
  #empty(element) {
    if (element.classList.contains('line--taken-back')) return;
    element.classList.add('line--taken-back');
    write(find(element, '.line__text', HTMLElement), this.#words.say('taken_back'));
    element.querySelector('.line__back')?.remove();
  }

  /** @param {Set<number>} ids */
  #removeAllBut(ids) {
    for (const [id, element] of this.#drawn) {
      if (ids.has(id)) continue;
      element.remove();
      this.#drawn.delete(id);
    }
  }

  /** @param {Line} line @param {string} other */
  #speaker(line, other) {
    if (line.who === 'own') return this.#words.say('you');
    return line.who === 'former' ? this.#words.say('former') : (line.name ?? other);
  }

  /** @param {Line} line */
  #notice(line) {
    const element = copy(this.#noticeTemplate);
    write(
      find(element, '.line__text', HTMLElement),
      this.#words.say(`notice_${line.notice}`, { alias: line.name ?? '' }),
    );
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
