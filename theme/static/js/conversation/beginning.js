/**
 * How a visitor's page begins: with a fresh key and a fresh secret, or with what a reload left.
 */

import { createConversationIdentity } from '../crypto/identity.js';
import { randomBytes } from '../crypto/suite.js';
import { PageMemory } from './memory.js';
import { VisitorConversation } from './visitor.js';

/** @import { PageStorage } from './memory.js' */
/** @import { VisitorParts } from './visitor.js' */

/**
 * @param {Omit<VisitorParts, 'identity' | 'r' | 'remembered' | 'memory'> & {storage: PageStorage}} parts
 * @returns {Promise<VisitorConversation>}
 */
export async function beginConversation({ storage, ...parts }) {
  const memory = new PageMemory(storage);
  const remembered = await memory.read();
  const identity = remembered?.identity ?? (await createConversationIdentity());
  const r = remembered?.r ?? randomBytes(32);
  return new VisitorConversation({ ...parts, memory, identity, r, remembered });
}
