/** What is told to the mentor alone: sounds only for what is new and asked for, and quiet lines at their time. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MentorSounds } from '../../theme/static/js/ui/mentor_sounds.js';
import { Reminders } from '../../theme/static/js/ui/reminders.js';

class Element {
  textContent = '';
}
class Box extends Element {
  checked = false;
  /** @type {(() => void) | null} */
  changed = null;

  /** @param {string} value */
  constructor(value) {
    super();
    this.value = value;
  }

  /** @param {string} _ @param {() => void} heard */
  addEventListener(_, heard) {
    this.changed = heard;
  }
}
Object.assign(globalThis, { HTMLElement: Element, HTMLInputElement: Box, HTMLButtonElement: Box });

const MIN = 60_000;
const words = /** @type {any} */ ({ say: (/** @type {string} */ name) => name });

/** @param {{kept?: string, isAllowed?: boolean, hasFocus?: boolean}} [given] */
function sounds({ kept = '', isAllowed = true, hasFocus = false } = {}) {
  const boxes = ['queue', 'message', 'colleague', 'notice'].map((value) => new Box(value));
  /** @type {string[]} */
  const shown = [];
  /** @type {number[]} */
  const played = [];
  const storage = {
    getItem: () => kept,
    setItem: (/** @type {string} */ _, /** @type {string} */ v) => (kept = v),
  };
  const note = {
    frequency: {
      set value(/** @type {number} */ hz) {
        played.push(hz);
      },
    },
    connect: (/** @type {any} */ to) => to,
    start() {},
    stop() {},
  };
  const gain = {
    gain: { setValueAtTime() {}, linearRampToValueAtTime() {}, exponentialRampToValueAtTime() {} },
    connect: () => gain,
  };
  const audio = {
    currentTime: 0,
    resume: async () => {},
    createGain: () => gain,
    createOscillator: () => note,
  };
  /** @type {(() => void)[]} */
  const presses = [];
  const document = {
    title: 'Mentor',
    visibilityState: 'hidden',
    hasFocus: () => hasFocus,
    addEventListener: (/** @type {string} */ name, /** @type {() => void} */ heard) =>
      name === 'pointerdown' && presses.push(heard),
  };
  const others = { '[data-sounds-told]': new Element(), '[data-try-sounds]': new Box('') };
  const root = {
    querySelector: (/** @type {string} */ name) => /** @type {any} */ (others)[name],
    querySelectorAll: () => boxes,
  };
  const part = new MentorSounds(
    /** @type {any} */ ({
      root,
      document,
      words,
      storage,
      openAudio: () => audio,
      notices: {
        ask: async () => isAllowed,
        isAllowed: () => isAllowed,
        show: (/** @type {string} */ said) => shown.push(said),
      },
    }),
  );
  const view = { connected: true, queue: { count: 0 }, duty: 'on', conversation: null, asked: null };
  const see = (/** @type {object} */ change) => part.show(/** @type {any} */ ({ ...view, ...change }));
  const press = () => presses.map((heard) => heard());
  return { boxes, played, shown, document, see, press, choice: () => kept };
}

test('nothing is heard, shown or called out that was not asked for', () => {
  const { boxes, played, shown, see, press } = sounds();
  press();

  see({});
  see({ queue: { count: 1 } });
  see({ conversation: { lines: [{ who: 'other' }] } });
  see({ asked: { by: 'Kim' } });

  assert.deepEqual(
    boxes.map((box) => box.checked),
    [false, false, false, false],
  );
  assert.deepEqual([played, shown], [[], []]);
});

test('the three sounds differ, and a notice says that somebody waits and nothing else', () => {
  const { played, shown, document, see, press } = sounds({ kept: 'queue message colleague notice' });
  press();
  const heard = (/** @type {object} */ change) => {
    played.length = 0;
    see(change);
    return [...played];
  };

  see({});
  const queue = heard({ queue: { count: 1 } });
  const message = heard({ conversation: { lines: [{ who: 'own' }, { who: 'other' }] } });
  const colleague = heard({ asked: { by: 'Kim' } });

  assert.ok(queue.length > 0 && message.length > 0 && colleague.length > 0);
  assert.equal(new Set([queue, message, colleague].map(String)).size, 3);
  assert.deepEqual(shown, ['notice_waiting']);
  assert.equal(document.title, 'notice_waiting');
});

test('who was there already, who looks, who talks and who is off duty is not called', () => {
  const all = 'queue message colleague notice';
  const first = sounds({ kept: all });
  first.press();
  first.see({ queue: { count: 2 } });
  first.see({ queue: { count: 1 } });
  first.see({ connected: false, queue: { count: 3 } });
  first.see({ queue: { count: 2 }, duty: 'paused' });
  first.see({ queue: { count: 3 }, conversation: { lines: [] } });
  assert.deepEqual([first.played, first.shown], [[], []]);

  const looking = sounds({ kept: all, hasFocus: true });
  looking.press();
  looking.see({});
  looking.see({ conversation: { lines: [{ who: 'other' }] } });
  assert.deepEqual(looking.played, []);
  looking.see({ queue: { count: 1 } });
  assert.deepEqual([looking.shown, looking.document.title], [[], 'Mentor']);
});

test('a notice that the browser refuses is not ticked, and the choice of sounds is kept', async () => {
  const { boxes, choice } = sounds({ isAllowed: false });
  const [queue, , , notice] = boxes;
  for (const box of [queue, notice]) {
    if (box === undefined) throw new Error('no box');
    box.checked = true;
    box.changed?.();
    await new Promise((resolve) => setImmediate(resolve));
  }

  assert.equal(notice?.checked, false);
  assert.equal(choice(), 'queue');
});

test('hours in a row and a long conversation are told at their time, and not before', () => {
  const elements = { '[data-rest]': new Element(), '[data-length]': new Element() };
  const root = /** @type {any} */ ({
    querySelector: (/** @type {string} */ name) => /** @type {any} */ (elements)[name],
  });
  const reminders = new Reminders({ root, words });
  const told = (/** @type {number | null} */ duty_min, /** @type {number | null} */ talk_min) => {
    const view = {
      dutySince_ms: duty_min === null ? null : -duty_min * MIN,
      conversation: talk_min === null ? null : { since_ms: -talk_min * MIN },
    };
    reminders.show(/** @type {any} */ (view), 0);
    return [elements['[data-rest]'].textContent, elements['[data-length]'].textContent];
  };

  assert.deepEqual(told(null, null), ['', '']);
  assert.deepEqual(told(119, 89), ['', '']);
  assert.deepEqual(told(120, 90), ['rest', 'length_long']);
  assert.deepEqual(told(240, 115), ['rest', 'length_two']);
  assert.deepEqual(told(null, null), ['', '']);
});
