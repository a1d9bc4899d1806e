/**
 * What has been said, in the order it is shown. Text lives here only while the conversation does.
 *
 * Knows lines and their marks. No DOM, no network; ui/transcript.js draws it.
 */

/** @import { Mark } from './outbox.js' */

/**
 * @typedef {'gap' | 'repeated' | 'altered' | 'unreadable' | 'stranger' | 'mentor_gone' | 'another' | 'declined'
 *   | 'handed_over' | 'not_taken_over' | 'handover_refused' | 'too_late'} NoticeKind
 */
/** @typedef {{title: string, text: string, link: string}} Card a referral to somebody else who helps */
/**
 * @typedef {object} Line
 * @property {number} id
 * @property {'own' | 'other' | 'former' | 'notice'} who former: a mentor who was here before this one
 * @property {string} text empty in a notice, in a card and in what was taken back
 * @property {Card | null} card
 * @property {boolean} isTakenBack
 * @property {NoticeKind | null} notice
 * @property {string | null} name the alias of a mentor, also of one a notice speaks of; null for the visitor
 * @property {number | null} at_ms when it came or was written; null when it was read back after a reload
 * @property {string | null} sender of a line of somebody else's
 * @property {number | null} sequence its number; of an own line when it is sealed
 * @property {Mark | null} mark of an own line
 */

/** What is said once and not once more right after it. @type {readonly NoticeKind[]} */
const MEDDLING = ['gap', 'repeated', 'altered', 'unreadable', 'stranger'];

/** @type {Omit<Line, 'id'>} */
const EMPTY = {
  who: 'notice',
  text: '',
  card: null,
  isTakenBack: false,
  notice: null,
  name: null,
  at_ms: null,
  sender: null,
  sequence: null,
  mark: null,
};

export class Transcript {
  /** @type {Line[]} */
  #lines = [];
  #nextId = 1;

  /** @returns {readonly Line[]} */
  get lines() {
    return this.#lines;
  }

  /**
   * @param {{text?: string, card?: Card}} said
   * @param {number | null} at_ms
   * @param {number | null} sequence
   * @returns {Line}
   */
  addOwn(said, at_ms, sequence) {
    return this.#add({ ...said, who: 'own', at_ms, sequence, mark: 'sending' });
  }

  /**
   * @param {{text?: string, card?: Card}} said
   * @param {{sender: string, sequence: number, name: string | null, at_ms: number | null}} from
   */
  addOther(said, from) {
    return this.#add({ ...said, ...from, who: 'other' });
  }

  /** @param {{text?: string, card?: Card}} said @param {{sender: string, sequence: number}} from */
  addFormer(said, from) {
    return this.#add({ ...said, ...from, who: 'former' });
  }

  /** @param {NoticeKind} notice @param {string | null} [name] of whom it speaks */
  addNotice(notice, name = null) {
    // Whoever meddles with every envelope shall not fill the page with it.
    if (MEDDLING.includes(notice) && this.#lines.at(-1)?.notice === notice) return;
    this.#add({ notice, name });
  }

  /** Bring the marks of own lines up to date. @param {(sequence: number) => Mark} markOf */
  mark(markOf) {
    for (const line of this.#lines) {
      if (line.who === 'own' && line.sequence !== null) line.mark = markOf(line.sequence);
    }
  }

  /**
   * Find what somebody said, to take it back. A card or a notice cannot be taken back.
   *
   * @param {string | null} sender null for one's own
   * @param {number} sequence
   * @returns {Line | undefined}
   */
  said(sender, sequence) {
    return this.#lines.find(
      (line) =>
        line.who !== 'notice' &&
        line.card === null &&
        (line.who === 'own' ? null : line.sender) === sender &&
        line.sequence === sequence,
    );
  }

  /** Leave nothing of what a line said. @param {Line} line */
  takeBack(line) {
    line.text = '';
    line.isTakenBack = true;
  }

  /** Take a line away that nobody else has seen. @param {Line} line */
  remove(line) {
    this.#lines = this.#lines.filter((each) => each !== line);
  }

  clear() {
    this.#lines = [];
  }

  /** @param {Partial<Line>} line @returns {Line} */
  #add(line) {
    const added = { ...EMPTY, ...line, id: this.#nextId };
    this.#nextId += 1;
    this.#lines.push(added);
    return added;
  }
}
