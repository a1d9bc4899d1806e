/**
 * Whether the tab's storage holds a conversation to come back to. What it is, and how it is read, is memory.js.
 */

export const NAME = 'samtal';

/** @param {Pick<Storage, 'getItem'>} storage */
export function remembersConversation(storage) {
  return storage.getItem(NAME) !== null;
}
