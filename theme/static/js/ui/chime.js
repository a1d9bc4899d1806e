/**
 * Soft tones, made here and now, so that there is no file to fetch. Browsers let a page be heard only after a press.
 */

const TONE_S = 0.6;

export class Chime {
  #openAudio;
  /** @type {AudioContext | null} */
  #audio = null;

  /** @param {() => AudioContext} openAudio */
  constructor(openAudio) {
    this.#openAudio = openAudio;
  }

  /** Get ready; has to come from a press. */
  wake() {
    this.#audio ??= this.#openAudio();
    void this.#audio.resume();
  }

  /** Play notes one after the other. @param {readonly number[]} pitches_hz @param {number} [after_s] */
  play(pitches_hz, after_s = 0) {
    const audio = this.#audio;
    if (audio === null) return;
    void audio.resume();
    for (const [i, pitch_hz] of pitches_hz.entries()) {
      const from_s = audio.currentTime + after_s + (i * TONE_S) / 2;
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
