/**
 * What was written on a line to or from the coordinator, and how far one's own texts have come. No DOM, no network.
 *
 * One text may go to several pages: it has arrived when one of them has it, and is lost when none of them can have it.
 */

/** @typedef {'sending' | 'sent' | 'got' | 'lost'} LineMark */
/**
 * @typedef {object} LineEntry
 * @property {number} id
 * @property {'own' | 'other' | 'notice'} who
 * @property {string} text for a notice: its word
 * @property {number} at_ms
 * @property {LineMark | null} mark of one's own
 */

/** A text that no page says it has after this time did not come through. */
export const PATIENCE_MS = 20_000;

export class LineLog {
  #now_ms;
  /** @type {LineEntry[]} */
  #entries = [];
  #nextId = 1;
  /** Where each text is on its way to, as "page number". @type {Map<number, Set<string>>} */
  #awaited = new Map();
  /** How many texts of the other side nobody has looked at. */
  unread = 0;

  /** @param {() => number} now_ms */
  constructor(now_ms) {
    this.#now_ms = now_ms;
  }

  /** @returns {readonly LineEntry[]} */
  get entries() {
    return this.#entries;
  }

  /** @param {string} text @returns {LineEntry} */
  addOwn(text) {
    return this.#add('own', text, 'sending');
  }

  /** @param {string} text */
  addOther(text) {
    this.unread += 1;
    this.#add('other', text, null);
  }

  /** @param {string} word */
  addNotice(word) {
    if (this.#entries.at(-1)?.text !== word) this.#add('notice', word, null);
  }

  /** Find a text of one's own that did not come through, to be sent again. @param {number} id */
  lostEntry(id) {
    return this.#entries.find((entry) => entry.id === id && entry.mark === 'lost') ?? null;
  }

  /** @param {LineEntry} entry */
  sending(entry) {
    entry.mark = 'sending';
    this.#awaited.set(entry.id, new Set());
  }

  /** A text goes to a page. @param {LineEntry} entry @param {string} page @param {number} number */
  awaits(entry, page, number) {
    this.#awaited.get(entry.id)?.add(`${page} ${number}`);
  }

  /**
   * Everything that could be done is done: the text is on its way to somebody, or to nobody.
   *
   * @param {LineEntry} entry
   * @returns {unknown} names this sending, for `overdue`
   */
  sent(entry) {
    const awaited = this.#awaited.get(entry.id);
    if (entry.mark === 'sending') entry.mark = awaited?.size ? 'sent' : 'lost';
    return awaited;
  }

  /** @param {string} page @param {number} number */
  got(page, number) {
    for (const entry of this.#entries) {
      if (this.#awaited.get(entry.id)?.has(`${page} ${number}`)) entry.mark = 'got';
    }
  }

  /** It did not come through to a page. @param {string} page @param {number} number */
  lost(page, number) {
    this.#drop((each) => each === `${page} ${number}`);
  }

  /** A page is gone, with everything on its way there. @param {string} page */
  gone(page) {
    this.#drop((each) => each.startsWith(`${page} `));
  }

  /**
   * Nobody has said for too long that a text is there. One that was sent again since then has a time of its own.
   *
   * @param {LineEntry} entry
   * @param {unknown} sending
   */
  overdue(entry, sending) {
    if (entry.mark === 'sent' && this.#awaited.get(entry.id) === sending) entry.mark = 'lost';
  }

  /** Leave nothing of what was written. */
  clear() {
    this.#entries = [];
    this.#awaited.clear();
    this.unread = 0;
  }

  /** @param {(awaited: string) => boolean} isLost */
  #drop(isLost) {
    for (const entry of this.#entries) {
      const awaited = this.#awaited.get(entry.id);
      if (awaited === undefined) continue;
      const before = awaited.size;
      for (const each of awaited) if (isLost(each)) awaited.delete(each);
      if (awaited.size < before && awaited.size === 0 && entry.mark === 'sent') entry.mark = 'lost';
    }
  }

  /** @param {LineEntry['who']} who @param {string} text @param {LineMark | null} mark @returns {LineEntry} */
  #add(who, text, mark) {
    const entry = { id: this.#nextId, who, text, at_ms: this.#now_ms(), mark };
    this.#nextId += 1;
    this.#entries.push(entry);
    return entry;
  }
}
