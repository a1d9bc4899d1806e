/**
 * How a visitor's page begins: with a fresh key and a fresh secret, or with what a reload left.
 */

import { createConversationIdentity } from '../crypto/identity.js';
import { randomBytes } from '../crypto/suite.js';
import { VisitorConversation } from './visitor.js';

/** @import { VisitorParts } from './visitor.js' */

/**
 * @param {Omit<VisitorParts, 'identity' | 'r' | 'remembered'>} parts
 * @returns {Promise<VisitorConversation>}
 */
export async function beginConversation(parts) {
  const remembered = await parts.memory.read();
  const identity = remembered?.identity ?? (await createConversationIdentity());
  return new VisitorConversation({ ...parts, identity, r: remembered?.r ?? randomBytes(32), remembered });
}
