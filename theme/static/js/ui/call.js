/**
 * Telling somebody who waits that the mentor has come: a tone, a shake, another title. Off until it is asked for.
 *
 * What the page may use is passed in.
 */

import { Chime } from './chime.js';
import { TitleSign } from './title_sign.js';

const PITCHES_HZ = [523.25, 659.25];
const SHAKE_MS = [200, 120, 200];

/**
 * @typedef {object} CallParts
 * @property {Document} document
 * @property {string} title what the title says while it calls; nothing that tells where one is
 * @property {() => AudioContext} openAudio
 * @property {(pattern: number[]) => void} shake
 */

export class Call {
  #title;
  #shake;
  #chime;
  #sign;
  #isOn = false;

  /** @param {CallParts} parts */
  constructor({ document, title, openAudio, shake }) {
    this.#title = title;
    this.#shake = shake;
    this.#chime = new Chime(openAudio);
    this.#sign = new TitleSign(document);
  }

  get isOn() {
    return this.#isOn;
  }

  /** Has to come from a press: browsers let no page make sounds otherwise. @param {boolean} isOn */
  set(isOn) {
    this.#isOn = isOn;
    if (!isOn) {
      this.quiet();
      return;
    }
    this.#chime.wake();
    this.#chime.play(PITCHES_HZ);
  }

  ring() {
    if (!this.#isOn || !this.#sign.show(this.#title)) return;
    this.#shake(SHAKE_MS);
    this.#chime.play(PITCHES_HZ);
  }

  /** Give the page its usual title back. */
  quiet() {
    this.#sign.clear();
  }
}
