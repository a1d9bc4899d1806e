/**
 * Which envelope of each sender comes next.
 *
 * Every sender numbers 0, 1, 2 … per conversation. Only the next number is new; a smaller one has been here before;
 * a larger one means that something is missing, which is said out loud and then passed. No DOM, no network.
 */

/** @typedef {'next' | 'again' | 'gap'} Verdict */

export class Order {
  /** @type {Map<string, number>} */
  #next = new Map();

  /** How many envelopes of this sender have been accepted. @param {string} sender */
  accepted(sender) {
    return this.#next.get(sender) ?? 0;
  }

  /** @returns {string[]} everybody who has been heard, in the order of their first envelope */
  senders() {
    return [...this.#next.keys()];
  }

  /**
   * Judge one envelope and count it when it is new.
   *
   * @param {string} sender
   * @param {number} sequence
   * @returns {Verdict} 'gap' also counts the envelope: what is missing will not be shown later, out of order
   */
  take(sender, sequence) {
    const expected = this.accepted(sender);
    if (sequence < expected) return 'again';
    this.#next.set(sender, sequence + 1);
    return sequence === expected ? 'next' : 'gap';
  }

  clear() {
    this.#next.clear();
  }
}
