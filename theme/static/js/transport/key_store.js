/**
 * Where a mentor's browser keeps its identity key: IndexedDB, as a key that cannot be exported, with its certificate.
 *
 * One entry for each account that uses this browser. Nothing of a conversation is ever stored.
 */

/** @import { Certificate } from '../crypto/certificate.js' */
/** @import { MentorIdentity } from '../crypto/identity.js' */

const DATABASE = 'mentor';
const STORE = 'keys';

/** @typedef {{identity: MentorIdentity, certificate: Certificate | null}} KeptKey */

export class KeyStore {
  #indexedDB;

  /** @param {IDBFactory} indexedDB */
  constructor(indexedDB) {
    this.#indexedDB = indexedDB;
  }

  /** @param {string} account @returns {Promise<KeptKey | null>} */
  async read(account) {
    return (await this.#ask('readonly', (store) => store.get(account))) ?? null;
  }

  /** @param {string} account @param {KeptKey} kept */
  async write(account, kept) {
    await this.#ask('readwrite', (store) => store.put(kept, account));
  }

  /**
   * @param {IDBTransactionMode} mode
   * @param {(store: IDBObjectStore) => IDBRequest} request
   * @returns {Promise<any>}
   */
  async #ask(mode, request) {
    const database = await this.#open();
    try {
      return await new Promise((resolve, reject) => {
        const transaction = database.transaction(STORE, mode);
        const asked = request(transaction.objectStore(STORE));
        transaction.oncomplete = () => resolve(asked.result);
        transaction.onerror = () => reject(transaction.error);
        transaction.onabort = () => reject(transaction.error);
      });
    } finally {
      database.close();
    }
  }

  /** @returns {Promise<IDBDatabase>} */
  #open() {
    return new Promise((resolve, reject) => {
      const opening = this.#indexedDB.open(DATABASE, 1);
      opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
      opening.onsuccess = () => resolve(opening.result);
      opening.onerror = () => reject(opening.error);
    });
  }
}
