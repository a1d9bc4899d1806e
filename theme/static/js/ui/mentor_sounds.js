/**
 * What a mentor hears and sees when something happens: three soft sounds, a notice that says “Någon väntar” and nothing
 * else, and another title. All of it is off until she asks for it by a press; her choice stays in this browser.
 *
 * Knows the parts of mentor_sounds.html and compares each view of the desk with the one before.
 */

import { Chime } from './chime.js';
import { find, write } from './elements.js';
import { TitleSign } from './title_sign.js';

/** @import { DeskView } from '../conversation/desk.js' */
/** @import { Words } from './words.js' */

/** @typedef {'queue' | 'message' | 'colleague'} Sound */
/** @type {Record<Sound, readonly number[]>} */
const PITCHES_HZ = { queue: [392, 523.25], message: [659.25], colleague: [587.33, 493.88, 587.33] };
const SOUNDS = /** @type {Sound[]} */ (Object.keys(PITCHES_HZ));
const NOTICE = 'notice';
const KEPT_AS = 'ljud';

/**
 * @typedef {object} Notices what the browser shows outside the page
 * @property {() => Promise<boolean>} ask has to come from a press
 * @property {() => boolean} isAllowed
 * @property {(words: string) => void} show
 */
/**
 * @typedef {object} SoundParts
 * @property {HTMLElement} root
 * @property {Document} document
 * @property {Words} words
 * @property {() => AudioContext} openAudio
 * @property {Notices} notices
 * @property {Pick<Storage, 'getItem' | 'setItem'>} storage
 */

export class MentorSounds {
  #document;
  #words;
  #notices;
  #storage;
  #chime;
  #sign;
  #told;
  /** @type {Map<string, HTMLInputElement>} */
  #boxes = new Map();
  /** @type {{waiting: number, messages: number, isAsked: boolean} | null} */
  #known = null;

  /** @param {SoundParts} parts */
  constructor({ root, document, words, openAudio, notices, storage }) {
    this.#document = document;
    this.#words = words;
    this.#notices = notices;
    this.#storage = storage;
    this.#chime = new Chime(openAudio);
    this.#sign = new TitleSign(document);
    this.#told = find(root, '[data-sounds-told]', HTMLElement);
    const chosen = (storage.getItem(KEPT_AS) ?? '').split(' ');
    for (const box of root.querySelectorAll('[data-sound]')) {
      if (!(box instanceof HTMLInputElement)) continue;
      box.checked = chosen.includes(box.value) && (box.value !== NOTICE || notices.isAllowed());
      box.addEventListener('change', () => void this.#chose(box));
      this.#boxes.set(box.value, box);
    }
    find(root, '[data-try-sounds]', HTMLButtonElement).addEventListener('click', () => this.#try());
    // A choice from an earlier visit can be heard only after the first press on this page.
    for (const press of ['pointerdown', 'keydown']) {
      document.addEventListener(
        press,
        () => SOUNDS.some((sound) => this.#isOn(sound)) && this.#chime.wake(),
        {
          once: true,
        },
      );
    }
  }

  /** Compare with what was known, and be heard for what is new. @param {DeskView} view */
  show({ connected, queue, duty, conversation, asked }) {
    if (!connected) return;
    const messages = conversation?.lines.filter((line) => line.who === 'other').length ?? 0;
    const now = { waiting: queue.count, messages, isAsked: asked !== null };
    const known = this.#known ?? now;
    this.#known = now;
    if (now.waiting > known.waiting && duty === 'on' && conversation === null) this.#somebodyWaits();
    // Who has the conversation in front of her sees what comes.
    if (now.messages > known.messages && !this.#document.hasFocus()) this.#play('message');
    if (now.isAsked && !known.isAsked) this.#play('colleague');
  }

  #somebodyWaits() {
    this.#play('queue');
    if (this.#document.hasFocus()) return;
    this.#sign.show(this.#words.say('notice_waiting'));
    if (this.#isOn(NOTICE)) this.#notices.show(this.#words.say('notice_waiting'));
  }

  /** @param {HTMLInputElement} box */
  async #chose(box) {
    write(this.#told, '');
    if (box.checked && box.value === NOTICE) {
      box.checked = await this.#notices.ask();
      if (!box.checked) write(this.#told, this.#words.say('notice_refused'));
    } else if (box.checked) {
      this.#chime.wake();
      this.#play(/** @type {Sound} */ (box.value));
    }
    const chosen = [...this.#boxes.values()].filter((each) => each.checked).map((each) => each.value);
    this.#storage.setItem(KEPT_AS, chosen.join(' '));
  }

  /** Play what is chosen, one after the other, or all three where nothing is. */
  #try() {
    const chosen = SOUNDS.filter((sound) => this.#isOn(sound));
    this.#chime.wake();
    for (const [i, sound] of (chosen.length > 0 ? chosen : SOUNDS).entries())
      this.#chime.play(PITCHES_HZ[sound], i * 1.5);
    write(this.#told, this.#words.say('sounds_tried'));
  }

  /** @param {Sound} sound */
  #play(sound) {
    if (this.#isOn(sound)) this.#chime.play(PITCHES_HZ[sound]);
  }

  /** @param {string} name */
  #isOn(name) {
    return this.#boxes.get(name)?.checked ?? false;
  }
}
