/**
 * What has been said, in the order it is shown. Text lives here only while the conversation does.
 *
 * Knows lines and their marks. No DOM, no network; ui/transcript.js draws it.
 */

/** @import { Mark } from './outbox.js' */

/** @typedef {'gap' | 'altered' | 'unreadable' | 'stranger' | 'mentor_gone' | 'declined' | 'cut'} NoticeKind */
/**
 * @typedef {object} Line
 * @property {number} id
 * @property {'own' | 'other' | 'former' | 'notice'} who former: a mentor who was here before this one
 * @property {string} text empty in a notice
 * @property {NoticeKind | null} notice
 * @property {string | null} name the alias of a mentor, null for the visitor
 * @property {number | null} at_ms when it came or was written; null when it was read back after a reload
 * @property {number | null} sequence of an own line, when it is sealed
 * @property {Mark | null} mark of an own line
 */

export class Transcript {
  /** @type {Line[]} */
  #lines = [];
  #nextId = 1;

  /** @returns {readonly Line[]} */
  get lines() {
    return this.#lines;
  }

  /**
   * @param {string} text
   * @param {number | null} at_ms
   * @param {number | null} sequence
   * @returns {Line}
   */
  addOwn(text, at_ms, sequence) {
    return this.#add({ who: 'own', text, at_ms, sequence, mark: 'sending', name: null, notice: null });
  }

  /** @param {string} text @param {string | null} name @param {number | null} at_ms */
  addOther(text, name, at_ms) {
    return this.#add({ who: 'other', text, at_ms, sequence: null, mark: null, name, notice: null });
  }

  /** @param {string} text */
  addFormer(text) {
    return this.#add({
      who: 'former',
      text,
      at_ms: null,
      sequence: null,
      mark: null,
      name: null,
      notice: null,
    });
  }

  /** @param {NoticeKind} notice */
  addNotice(notice) {
    return this.#add({
      who: 'notice',
      text: '',
      at_ms: null,
      sequence: null,
      mark: null,
      name: null,
      notice,
    });
  }

  /** Bring the marks of own lines up to date. @param {(sequence: number) => Mark} markOf */
  mark(markOf) {
    for (const line of this.#lines) {
      if (line.who === 'own' && line.sequence !== null) line.mark = markOf(line.sequence);
    }
  }

  clear() {
    this.#lines = [];
  }

  /** @param {Omit<Line, 'id'>} line @returns {Line} */
  #add(line) {
    const added = { ...line, id: this.#nextId };
    this.#nextId += 1;
    this.#lines.push(added);
    return added;
  }
}
