/**
 * What the visitor's page may find again after a reload (protocol step 9).
 *
 * The tab's storage holds r, the conversation id, the signing key and a blob. The blob, with every root, opens only
 * together with the share that the server keeps in its memory: once the server has forgotten, what the browser may
 * have left on disk cannot be read by anybody. The signing key stands outside the blob because the share is given
 * only to who proves it; it opens nothing that r would not open. The storage is passed in.
 */

import { fromBase64url, toBase64url } from '../crypto/encoding.js';
import { exportIdentity, importIdentity } from '../crypto/identity.js';
import { openState, sealState } from '../crypto/resume.js';
import { NAME } from './remembering.js';

/** @import { Bytes } from '../crypto/encoding.js' */
/** @import { ConversationIdentity } from '../crypto/identity.js' */
/** @import { GrantingState } from './granting.js' */
/** @import { About } from './voice.js' */

/** @typedef {GrantingState & {about?: About | null}} KeptState */
/** @typedef {{r: Bytes, identity: ConversationIdentity, incarnation: string, blob: string}} Remembered */
/** @typedef {Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>} PageStorage */

export class PageMemory {
  #storage;

  /** @param {PageStorage} storage */
  constructor(storage) {
    this.#storage = storage;
  }

  /**
   * Keep what a reload needs.
   *
   * @param {{r: Bytes, identity: ConversationIdentity, incarnation: string, share: string, state: KeptState}} given
   */
  async write({ r, identity, incarnation, share, state }) {
    const kept = {
      r: toBase64url(r),
      id: identity.conversation,
      key: await exportIdentity(identity),
      incarnation,
      blob: await sealState({ r, share, state }),
    };
    this.#storage.setItem(NAME, JSON.stringify(kept));
  }

  /** @returns {Promise<Remembered | null>} null when there is nothing, or nothing that makes sense */
  async read() {
    const text = this.#storage.getItem(NAME);
    if (text === null) return null;
    try {
      const { r, id, key, incarnation, blob } = JSON.parse(text);
      const identity = await importIdentity(key);
      if (identity.conversation !== id || typeof incarnation !== 'string') throw new Error('not ours');
      return { r: fromBase64url(r, 32), identity, incarnation, blob };
    } catch {
      this.clear();
      return null;
    }
  }

  /**
   * Open the blob with the server's share.
   *
   * @param {Remembered} remembered
   * @param {string} share
   * @returns {Promise<KeptState>}
   */
  async open({ r, blob }, share) {
    return openState({ r, share, blob });
  }

  clear() {
    this.#storage.removeItem(NAME);
  }
}
