/**
 * The mentor's page: duty and queue beside the room. Shows what the desk says and asks it for what is pressed.
 *
 * Knows the parts of mentor.html. Does not know sealing or the network.
 */

import { Blocking } from './blocking.js';
import { Breather } from './breather.js';
import { Closing } from './closing.js';
import { DutyView } from './duty_view.js';
import { find, write } from './elements.js';
import { HandoverView } from './handover_view.js';
import { MentorSounds } from './mentor_sounds.js';
import { PeerView } from './peer_view.js';
import { Phrases } from './phrases.js';
import { QueueView } from './queue_view.js';
import { Referrals } from './referrals.js';
import { Reminders } from './reminders.js';
import { Room } from './room.js';
import { plain } from './words.js';

/** @import { DeskView } from '../conversation/desk.js' */
/** @import { MentorConversationView } from '../conversation/mentor.js' */
/** @import { Card } from '../conversation/transcript.js' */
/** @import { Colleague, DutyState } from '../transport/frames.js' */
/** @import { Timers } from '../transport/socket.js' */
/** @import { BlockingActions } from './blocking.js' */
/** @import { BreatherParts } from './breather.js' */
/** @import { SoundParts } from './mentor_sounds.js' */
/** @import { RoomActions } from './room.js' */
/** @import { Words } from './words.js' */

/**
 * @typedef {object} DeskOnlyActions
 * @property {() => void} take
 * @property {(ticks: string[]) => void} rested
 * @property {(state: DutyState) => void} setDuty
 * @property {(card: Card) => void} refer
 * @property {(colleague: Colleague) => void} propose
 * @property {() => void} takeOver
 * @property {() => void} turnDown
 */
/** @typedef {RoomActions & BlockingActions & DeskOnlyActions} DeskActions */
/**
 * @typedef {object} MentorPageParts
 * @property {Document} document
 * @property {Words} words
 * @property {() => boolean} isTouch
 * @property {() => number} now_ms
 * @property {Timers} timers
 * @property {Pick<SoundParts, 'openAudio' | 'notices' | 'storage'> & Pick<BreatherParts, 'askToTalk'>} device
 * @property {DeskActions} actions
 */

export class MentorPage {
  #document;
  #words;
  #now_ms;
  #main;
  #duty;
  #queue;
  #take;
  #told;
  #room;
  #peer;
  #about;
  #referrals;
  #breather;
  #reminders;
  #sounds;
  #handover;
  #blocking;
  /** @type {DeskView | null} */
  #view = null;
  #isTalking = false;

  /** @param {MentorPageParts} parts */
  constructor({ document, words, isTouch, now_ms, timers, device, actions }) {
    this.#document = document;
    this.#words = words;
    this.#now_ms = now_ms;
    this.#main = find(document, '[data-dashboard]', HTMLElement);
    this.#duty = new DutyView({ root: this.#main, words, set: actions.setDuty });
    this.#queue = new QueueView({ root: this.#main, words });
    this.#take = find(this.#main, '[data-take]', HTMLButtonElement);
    this.#told = find(this.#main, '[data-told]', HTMLElement);
    this.#take.addEventListener('click', () => {
      this.#breather.goOn();
      actions.take();
    });
    this.#breather = new Breather({ root: this.#main, words, ...device, ...actions });
    this.#reminders = new Reminders({ root: this.#main, words });
    this.#sounds = new MentorSounds({ root: this.#main, document, words, ...device });
    const root = find(this.#main, '[data-screen="room"]', HTMLElement);
    this.#room = new Room({ root, words, isTouch, actions });
    this.#peer = new PeerView({ root, words });
    this.#about = find(root, '[data-told-of]', HTMLElement);
    new Closing({ document, root, words }).show('talking');
    this.#handover = new HandoverView({ root: this.#main, words, timers, ...actions });
    this.#blocking = new Blocking({ root: this.#main, words, ...actions });
    this.#referrals = new Referrals({ root, send: actions.refer });
    new Phrases({ root, words, choose: (phrase) => this.#room.fill(phrase) });
  }

  /** @param {string} word */
  showProblem(word) {
    this.#duty.showProblem(word);
  }

  /** @param {DeskView} view */
  show(view) {
    this.#view = view;
    const { queue, duty, connected, conversation, taking, told } = view;
    this.#duty.show(view);
    this.#handover.show(view);
    this.#blocking.show(view);
    this.#reminders.show(view, this.#now_ms());
    this.#sounds.show(view);
    this.#queue.show(queue, this.#now_ms());
    this.#take.disabled =
      !connected ||
      taking ||
      duty !== 'on' ||
      queue.count === 0 ||
      conversation !== null ||
      view.asked !== null;
    write(this.#told, told === null ? '' : this.#words.say(`told_${told}`));
    if (conversation === null) this.#showFree(view);
    else this.#showRoom(conversation, view.isLost);
  }

  /** A minute may have passed: the waiting times, and how long the visitor's page is gone, grow by themselves. */
  tick() {
    if (this.#view === null) return;
    const { queue, conversation } = this.#view;
    this.#queue.show(queue, this.#now_ms());
    this.#reminders.show(this.#view, this.#now_ms());
    if (conversation !== null) this.#peer.show(conversation.page, this.#now_ms());
  }

  resized() {
    if (this.#isTalking) this.#room.scrollToEnd();
  }

  /** Leave nothing that was written on the page. */
  clear() {
    this.#room.clear();
    this.#peer.clear();
    write(this.#about, '');
  }

  /** @param {MentorConversationView} conversation @param {boolean} isLost */
  #showRoom({ stage, page, typing, about, lines }, isLost) {
    const alias = plain(about?.alias ?? '');
    const told = about === null ? [] : [about.when, about.where].filter((each) => each !== '');
    write(this.#about, told.map((each) => this.#words.say(`about_${each}`)).join(' · '));
    const word = stage === 'letting_in' ? 'letting_in' : page.state === 'gone' ? 'peer_gone' : 'talking';
    this.#room.show({
      headline: this.#words.say(word === 'talking' && alias ? 'talking_alias' : word, { alias }),
      aside: this.#words.say(`${word}_aside`),
      endWord: null,
      asksBeforeEnd: true,
      lit: stage !== 'letting_in',
      connected: !isLost,
      mayWrite: stage !== 'letting_in',
      other: alias || this.#words.say('visitor'),
      question: null,
      typing,
      lines,
    });
    this.#peer.show(page, this.#now_ms());
    this.#referrals.open(stage !== 'letting_in');
    if (this.#to(true)) this.#room.enter();
  }

  /** @param {DeskView} view */
  #showFree(view) {
    const free = find(this.#main, '[data-free]', HTMLElement);
    const aside = find(this.#main, '[data-free-aside]', HTMLElement);
    const isPause = this.#breather.show(view);
    const [headline, detail] = this.#freeWords(view, isPause);
    write(free, headline);
    write(aside, detail);
    const waits = view.duty === 'on' && view.queue.count > 0;
    find(this.#main, '[data-screen="free"] [data-window]', HTMLElement).toggleAttribute('data-lit', waits);
    if (this.#isTalking) this.clear();
    // Whoever wrote in the room that goes away now is led on; who is busy beside it is left alone.
    const wasInRoom = this.#document.activeElement?.closest('.desk, [data-ask]') === null;
    if (this.#to(false) && wasInRoom) free.focus();
  }

  /** @param {DeskView} view @param {boolean} isPause @returns {[string, string]} */
  #freeWords({ stopped, ended, isCut, duty, queue, connected }, isPause) {
    const say = (/** @type {string} */ word) => this.#words.say(word);
    const optional = (/** @type {string} */ word) => (this.#words.has(word) ? say(word) : '');
    if (stopped !== null) return [optional(`free_stopped_${stopped}`) || say('free_stopped'), ''];
    if (!connected) return ['', ''];
    const calm = isPause ? 'free_resting' : 'free_none';
    const next = duty === 'on' ? (queue.count > 0 && !isPause ? 'free_waiting' : calm) : `free_${duty}`;
    if (ended !== null)
      return [say(`ended_${ended}`), `${isCut ? say('ended_cut') : ''} ${say(next)}`.trim()];
    return [say(next), optional(`${next}_aside`)];
  }

  /** @param {boolean} isTalking @returns {boolean} whether that is news */
  #to(isTalking) {
    if (this.#isTalking === isTalking) return false;
    this.#isTalking = isTalking;
    find(this.#main, '[data-screen="room"]', HTMLElement).hidden = !isTalking;
    find(this.#main, '[data-screen="free"]', HTMLElement).hidden = isTalking;
    this.#document.body.classList.toggle('in-conversation', isTalking);
    this.#document.documentElement.scrollTop = 0;
    return true;
  }
}
