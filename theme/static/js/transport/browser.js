/**
 * What the browser gives to the parts that take nothing by themselves: timers, sockets, waking up, storage.
 */

import { giveFeedback } from './feedback.js';
import { askOpening, watchOpening } from './opening.js';
import { Connection } from './socket.js';

/** @import { ReceivedFrame, SeatName, WelcomeFrame } from './frames.js' */
/** @import { Opening } from './opening.js' */
/** @import { ConnectionState, StopReason, Timers } from './socket.js' */

/**
 * @typedef {object} SeatPart what talks over the connection
 * @property {(welcome: WelcomeFrame) => Promise<object>} join
 * @property {(frame: ReceivedFrame) => Promise<void>} receive
 * @property {(state: ConnectionState, reason: StopReason | null) => void} connection
 */

/** @type {Timers} */
export const TIMERS = {
  set: (run, delay_ms) => setTimeout(run, delay_ms),
  clear: (timer) => clearTimeout(timer),
};

/**
 * Connect a seat's part with the service, and keep it connected while the page lives.
 *
 * @param {SeatName} seat
 * @param {string} origin of the service
 * @param {SeatPart} part
 * @returns {Connection}
 */
export function connect(seat, origin, part) {
  const address = new URL(`/chatt/ws/${seat === 'coordinator' ? 'samordnare' : seat}`, origin);
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
  const connection = new Connection({
    url: address.href,
    seat,
    WebSocket,
    timers: TIMERS,
    random: Math.random,
    join: (welcome) => part.join(welcome),
    receive: (frame) => part.receive(frame),
    changed: (state, reason) => part.connection(state, reason),
    failed: (error) => reportError(error),
    endsAt1000: seat === 'visitor',
  });
  // Also when the network goes: the sooner it is known, the sooner the page says so.
  for (const event of ['online', 'offline']) addEventListener(event, () => connection.wake());
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') connection.wake();
  });
  connection.start();
  return connection;
}

/**
 * Follow whether the chat is open.
 *
 * @param {string} origin of the service
 * @param {(opening: Opening | null) => void} told
 * @returns {() => void} stops
 */
export function followOpening(origin, told) {
  return watchOpening(() => openingNow(origin), TIMERS, told);
}

/**
 * Tell the server, from a page that is going away, that its conversation is over.
 *
 * @param {string} origin of the service
 * @param {{conversation: string, token: string}} parting
 */
export function sayFarewell(origin, parting) {
  navigator.sendBeacon(`${origin}/chatt/lamna`, JSON.stringify(parting));
}

/** Ask once whether the chat is open. @param {string} origin of the service */
function openingNow(origin) {
  return askOpening(fetch.bind(globalThis), origin, document.documentElement.lang);
}

/** What a page may ask of the service beside the conversation. @param {string} origin of the service */
export function serviceAt(origin) {
  return {
    askOpening: () => openingNow(origin),
    giveFeedback: (/** @type {{face: string, line: string}} */ fields) =>
      giveFeedback(fetch.bind(globalThis), origin, fields),
  };
}

/** Follow whether the page is in front. @param {(visible: boolean) => void} told */
export function followVisibility(told) {
  document.addEventListener('visibilitychange', () => told(document.visibilityState === 'visible'));
}

/** What the machine can do to be noticed, and its clipboard. */
export const DEVICE = {
  openAudio: () => new AudioContext(),
  shake: (/** @type {number[]} */ pattern) => void navigator.vibrate?.(pattern),
  copy: (/** @type {string} */ text) => navigator.clipboard.writeText(text),
};

/** Say whether people here type on the screen. */
export function isTouchScreen() {
  return matchMedia('(hover: none) and (pointer: coarse)').matches;
}

/** The tab's storage, or one that forgets with the page where the browser gives none. */
export function pageStorage() {
  try {
    return sessionStorage;
  } catch {
    /** @type {Map<string, string>} */
    const items = new Map();
    return {
      getItem: (/** @type {string} */ name) => items.get(name) ?? null,
      setItem: (/** @type {string} */ name, /** @type {string} */ value) => void items.set(name, value),
      removeItem: (/** @type {string} */ name) => void items.delete(name),
    };
  }
}
