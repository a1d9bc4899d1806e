/**
 * Telling somebody who waits that the mentor has come: a tone, a shake, another title. Off until it is asked for.
 *
 * The tone is made here and now, so that there is no file to fetch. What the page may use is passed in.
 */

const PITCHES_HZ = [523.25, 659.25];
const TONE_S = 0.6;
const SHAKE_MS = [200, 120, 200];

/**
 * @typedef {object} CallParts
 * @property {Document} document
 * @property {string} title what the title says while it calls; nothing that tells where one is
 * @property {() => AudioContext} openAudio
 * @property {(pattern: number[]) => void} shake
 */

export class Call {
  #parts;
  /** @type {AudioContext | null} */
  #audio = null;
  /** @type {string | null} */
  #usual = null;
  #isOn = false;

  /** @param {CallParts} parts */
  constructor(parts) {
    this.#parts = parts;
    // Whoever looks or touches has noticed.
    for (const sign of ['visibilitychange', 'pointerdown', 'keydown']) {
      parts.document.addEventListener(sign, () => {
        if (parts.document.visibilityState === 'visible') this.quiet();
      });
    }
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
    this.#audio ??= this.#parts.openAudio();
    this.#tone();
  }

  ring() {
    if (!this.#isOn || this.#usual !== null) return;
    const { document, title, shake } = this.#parts;
    this.#usual = document.title;
    document.title = title;
    shake(SHAKE_MS);
    this.#tone();
  }

  /** Give the page its usual title back. */
  quiet() {
    if (this.#usual !== null) this.#parts.document.title = this.#usual;
    this.#usual = null;
  }

  /** Two soft notes, one after the other. */
  #tone() {
    const audio = this.#audio;
    if (audio === null) return;
    void audio.resume();
    for (const [i, pitch_hz] of PITCHES_HZ.entries()) {
      const from_s = audio.currentTime + (i * TONE_S) / 2;
      const volume = audio.createGain();
      const note = audio.createOscillator();
      note.frequency.value = pitch_hz;
      volume.gain.setValueAtTime(0, from_s);
      volume.gain.linearRampToValueAtTime(0.2, from_s + 0.05);
      volume.gain.exponentialRampToValueAtTime(0.001, from_s + TONE_S);
      note.connect(volume).connect(audio.destination);
      note.start(from_s);
      note.stop(from_s + TONE_S);
    }
  }
}
