/** A mentor's page, coordinators' pages and the service between them, in memory; the service may cheat. */

import { MentorLine } from '../../theme/static/js/conversation/line.js';
import { LineDesk } from '../../theme/static/js/conversation/line_desk.js';
import { toBase64url, utf8 } from '../../theme/static/js/crypto/encoding.js';
import { createMentorIdentity } from '../../theme/static/js/crypto/identity.js';
import { pageOf } from '../../theme/static/js/crypto/line.js';
import { newSigningKey, publicKeyBytes, signed } from '../../theme/static/js/crypto/suite.js';
import { Clock } from './conversation_world.js';

/** @typedef {Record<string, any>} Frame */
/** @typedef {{part: any, key: string | null, isThere: boolean, heard: Set<string>, work: Promise<void>}} Place */

export class LineWorld {
  clock = new Clock();
  /** Everything any page sent. @type {Frame[]} */
  wire = [];
  /** May change, drop or repeat what goes to a page. @type {((frame: Frame) => Frame[]) | null} */
  relay = null;
  /** @type {Map<string, Place>} */
  #places = new Map();
  #organisation;

  /** @param {CryptoKeyPair} organisation @param {string} pin */
  constructor(organisation, pin) {
    this.#organisation = organisation;
    this.pins = [pin];
  }

  static async make() {
    const organisation = await newSigningKey(false);
    return new LineWorld(organisation, toBase64url(await publicKeyBytes(organisation.publicKey)));
  }

  /** A mentor at her page; `alias` stands in her certificate, null for a browser without one. @param {string | null} alias */
  async mentor(alias = 'Exempel') {
    const identity = await createMentorIdentity();
    const certificate = alias === null ? null : await this.#certificate(identity, alias);
    /** @type {Frame[]} */
    const sent = [];
    let page = '';
    let isConnected = true;
    const part = new MentorLine({
      identity,
      certificate,
      send: (frame) => {
        if (!isConnected) return false;
        sent.push(frame);
        this.wire.push(frame);
        if (/** @type {Frame} */ (frame)['type'] === 'line_here') {
          page = /** @type {Frame} */ (frame)['page'];
          this.#arrives(page, { part, key: null, isThere: true, heard: new Set(), work: Promise.resolve() });
        } else this.#pass(page, frame);
        return true;
      },
      timers: this.clock.timers,
      now_ms: () => this.clock.now_ms,
      changed: () => {},
    });
    const mentor = {
      part,
      sent,
      page: () => page,
      texts: () => part.view.entries.map((entry) => entry.text),
      marks: () => part.view.entries.filter((entry) => entry.who === 'own').map((entry) => entry.mark),
      /** The service tells which coordinators are there. */
      told: async () => part.receive({ type: 'line_open', keys: this.#keys() }),
      loses: () => {
        isConnected = false;
        part.connection('lost', null);
        this.#goes(page);
      },
      returns: async () => {
        isConnected = true;
        await mentor.told();
      },
    };
    await mentor.told();
    return mentor;
  }

  /** A coordinator at her page. */
  async coordinator() {
    let page = '';
    const part = new LineDesk({
      pins: this.pins,
      denied: [],
      send: (frame) => {
        this.wire.push(frame);
        return this.#pass(page, frame);
      },
      timers: this.clock.timers,
      now_ms: () => this.clock.now_ms,
      changed: () => {},
      lost: () => {},
    });
    const { key } = await part.join();
    page = await pageOf(key);
    const place = { part, key, isThere: true, heard: new Set(), work: Promise.resolve() };
    this.#arrives(page, place);
    return {
      part,
      key,
      page,
      texts: () => part.view.talks.map((talk) => talk.entries.map((entry) => entry.text)),
      leaves: () => this.#goes(page),
      returns: () => this.#arrives(page, place),
    };
  }

  /** What the service says to a page. @param {string} page @param {Frame} frame */
  async says(page, frame) {
    await this.#places.get(page)?.part.receive(frame);
  }

  /** @param {() => unknown} isTrue @param {string} what */
  until(isTrue, what) {
    return this.clock.until(isTrue, what);
  }

  #keys() {
    const there = [...this.#places.values()].filter((place) => place.isThere && place.key !== null);
    return there.map((place) => /** @type {string} */ (place.key));
  }

  /** @param {string} page @param {Place} place */
  #arrives(page, place) {
    place.isThere = true;
    this.#places.set(page, place);
    this.#tellTurn(page, true);
  }

  /** @param {string} page */
  #goes(page) {
    const place = this.#places.get(page);
    if (place !== undefined) place.isThere = false;
    this.#tellTurn(page, false);
  }

  /** @param {string} page @param {boolean} present */
  #tellTurn(page, present) {
    for (const place of this.#places.values())
      if (place.heard.has(page)) this.#tell(place, { type: 'line_page', page, present });
  }

  /** @param {string} from @param {Frame} frame */
  #pass(from, frame) {
    const [sender, reader] = [this.#places.get(from), this.#places.get(frame['page'])];
    if (sender === undefined || !sender.isThere) return false;
    if (reader === undefined || !reader.isThere) {
      const { page, number } = frame;
      this.#tell(sender, { type: 'line_lost', page, number });
      return true;
    }
    reader.heard.add(from);
    const passed = { ...frame, page: from };
    for (const each of this.relay?.(passed) ?? [passed]) this.#tell(reader, each);
    return true;
  }

  /** One frame after the other, as a socket does. @param {Place} place @param {Frame} frame */
  #tell(place, frame) {
    place.work = place.work.then(() => place.part.receive(frame));
  }

  /** @param {import('../../theme/static/js/crypto/identity.js').MentorIdentity} identity @param {string} alias */
  async #certificate(identity, alias) {
    const now_s = Math.floor(this.clock.now_ms / 1000);
    const fields = {
      version: 1,
      alias,
      key: toBase64url(identity.publicKey),
      not_before: now_s,
      not_after: now_s + 86_400,
    };
    const body = utf8(JSON.stringify(fields));
    const signature = await signed(this.#organisation.privateKey, 'stodchatt/1 certificate', body);
    return { body: toBase64url(body), signature: toBase64url(signature) };
  }
}
