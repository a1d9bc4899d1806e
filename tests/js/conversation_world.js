/**
 * A small world for the conversation's tests: a clock that moves when told, sockets in memory, and a server that
 * obeys docs/protocol.md and can be killed. It knows no text: it carries what the two seats seal.
 */

import { createHash, randomBytes } from 'node:crypto';
import { MentorDesk } from '../../theme/static/js/conversation/desk.js';
import { PageMemory } from '../../theme/static/js/conversation/memory.js';
import { VisitorConversation } from '../../theme/static/js/conversation/visitor.js';
import { toBase64url } from '../../theme/static/js/crypto/encoding.js';
import { createConversationIdentity, createMentorIdentity } from '../../theme/static/js/crypto/identity.js';
import { newSigningKey, publicKeyBytes, signed } from '../../theme/static/js/crypto/suite.js';
import { Connection } from '../../theme/static/js/transport/socket.js';

/** @typedef {Record<string, any>} Frame */

const random43 = () => randomBytes(32).toString('base64url');

/** A clock whose timers run when the test moves it. */
export class Clock {
  now_ms = Date.UTC(2026, 10, 22, 19);
  /** @type {Map<number, {at_ms: number, run: () => void}>} */
  #waiting = new Map();
  #next = 1;

  timers = {
    set: (/** @type {() => void} */ run, /** @type {number} */ delay_ms) => {
      const id = this.#next;
      this.#next += 1;
      this.#waiting.set(id, { at_ms: this.now_ms + delay_ms, run });
      return id;
    },
    clear: (/** @type {any} */ id) => {
      this.#waiting.delete(id);
    },
  };

  /** @param {number} duration_ms */
  async advance(duration_ms) {
    await turn();
    const end_ms = this.now_ms + duration_ms;
    for (;;) {
      const due = [...this.#waiting]
        .filter(([, each]) => each.at_ms <= end_ms)
        .sort((a, b) => a[1].at_ms - b[1].at_ms)[0];
      if (due === undefined) break;
      this.#waiting.delete(due[0]);
      this.now_ms = Math.max(this.now_ms, due[1].at_ms);
      due[1].run();
      await turn();
    }
    this.now_ms = end_ms;
    await turn();
  }

  /**
   * Let time pass in small steps until something is true, for at most a real minute.
   *
   * @param {() => unknown} isTrue
   * @param {string} what
   */
  async until(isTrue, what) {
    const patience_ms = 60_000;
    for (const from_ms = performance.now(); performance.now() - from_ms < patience_ms; ) {
      if (isTrue()) return;
      await this.advance(5);
      // Sealing happens in other threads: give them real time, or the clock here runs away from them.
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    throw new Error(`never happened: ${what}`);
  }
}

/** Let everything that is ready run, WebCrypto's threads included. */
export const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A browser's end of a socket in memory. */
export class FakeSocket {
  /** @type {((event: {data: unknown}) => void) | null} */
  onmessage = null;
  /** @type {((event: {code: number}) => void) | null} */
  onclose = null;
  /** @type {Frame[]} */
  sent = [];
  isOpen = true;
  /** @type {number | null} */
  closedWith = null;
  /** @type {((frame: Frame) => void) | null} */
  heard = null;

  get readyState() {
    return this.isOpen ? 1 : 3;
  }

  /** @param {string} text */
  send(text) {
    const frame = JSON.parse(text);
    this.sent.push(frame);
    if (this.isOpen) this.heard?.(frame);
  }

  /** @param {number} code */
  close(code) {
    this.closedWith = code;
    this.isOpen = false;
    this.heard?.({ type: 'closed' });
  }

  /** What the server says. @param {Frame} frame */
  say(frame) {
    if (this.isOpen) this.onmessage?.({ data: JSON.stringify(frame) });
  }

  /** How the server or the network ends it. @param {number} code */
  end(code) {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.onclose?.({ code });
  }
}

/** @typedef {{sender: string, sequence: number, epoch: number, kind: string, body: string, position: number}} Logged */

class Held {
  /** @type {Logged[]} */
  log = [];
  epoch = 0;
  /** @type {{keyId: string, epoch: number} | null} */
  mentor = null;
  share = random43();
  /** @type {any} the socket of the colleague who is asked to take over */
  next = null;
  /** @type {FakeSocket | null} */
  visitorSocket = null;
  /** @type {FakeSocket | null} */
  mentorSocket = null;
  /** @type {Map<string, number>} */
  received = new Map();

  /** @param {string} id @param {string} token */
  constructor(id, token) {
    this.id = id;
    this.token = token;
  }

  get phase() {
    if (this.mentor === null) return 'waiting';
    if (this.mentorSocket === null) return 'away';
    return this.epoch >= this.mentor.epoch ? 'talking' : 'offered';
  }
}

/** The forgetful server. What it signs (tickets) is plain JSON here. */
export class FakeServer {
  incarnation = randomBytes(6).toString('hex');
  isUp = true;
  /** @type {Map<string, Held>} */
  held = new Map();
  /** Conversations that were ended a short while ago. @type {Map<string, string>} */
  ended = new Map();
  /** @type {Set<FakeSocket>} */
  sockets = new Set();
  /** What pages said that were being left. @type {{conversation: string, token: string}[]} */
  farewells = [];
  /** Everything any browser sent, for the search of marker words. @type {string[]} */
  wire = [];
  /** May change, drop or repeat what is told of the log. @type {((frame: Frame) => Frame[]) | null} */
  relay = null;

  /** What newcomers are asked for before they are let in, and its answer. @type {{frame: Frame, number: number} | null} */
  task = null;

  /** A WebSocket constructor for one seat. @param {'visitor' | 'mentor'} seat @returns {any} */
  socketFor(seat) {
    const server = this;
    return class extends FakeSocket {
      /** @type {FakeSocket | null} */
      static latest = null;
      /** Whether the page is gone whose sockets these are. */
      static isGone = false;

      constructor() {
        super();
        /** @type {any} */ (this.constructor).latest = this;
        setImmediate(() => {
          if (!(/** @type {any} */ (this.constructor).isGone)) server.#accept(this, seat);
        });
      }
    };
  }

  /** Die without a word, and come back with nothing. */
  kill() {
    this.isUp = false;
    this.held.clear();
    this.incarnation = randomBytes(6).toString('hex');
    for (const socket of this.sockets) socket.end(1006);
    this.sockets.clear();
  }

  start() {
    this.isUp = true;
  }

  /** @param {FakeSocket} socket @param {'visitor' | 'mentor'} seat */
  #accept(socket, seat) {
    if (!socket.isOpen) return;
    if (!this.isUp) {
      socket.end(1006);
      return;
    }
    this.sockets.add(socket);
    /** @type {Held | null} */
    let held = null;
    /** @type {Frame | null} */
    let join = null;
    socket.heard = (frame) => {
      this.wire.push(JSON.stringify(frame));
      if (frame['type'] === 'beat') socket.say({ type: 'beat' });
      else if (frame['type'] === 'closed') this.#departed(socket, held);
      else if (frame['type'] === 'join' && seat === 'visitor' && this.task !== null) {
        join = frame;
        socket.say(this.task.frame);
      } else if (frame['type'] === 'work')
        held = frame['number'] === this.task?.number && join ? this.#visitor(socket, join) : null;
      else if (frame['type'] === 'join')
        held = seat === 'visitor' ? this.#visitor(socket, frame) : this.#mentor(socket, frame);
      else if (frame['type'] === 'take') held = this.#take(socket) ?? held;
      else if (frame['type'] === 'turn_down' || (held === null && frame['type'] === 'post'))
        this.#asAsked(socket, frame, (taken) => {
          held = taken;
        });
      else if (held !== null && this.held.has(held.id)) this.#handle(socket, seat, held, frame);
    };
    const welcome = { type: 'welcome', version: 'stodchatt/1', incarnation: this.incarnation };
    socket.say(seat === 'visitor' ? { ...welcome, challenge: random43() } : welcome);
  }

  /** @param {FakeSocket} socket @param {Held | null} held */
  #departed(socket, held) {
    this.sockets.delete(socket);
    for (const each of this.held.values()) if (each.next === socket) this.#nobodyNext(each);
    if (held === null) return;
    if (held.visitorSocket === socket) {
      held.visitorSocket = null;
      held.mentorSocket?.say({ type: 'peer', present: false, typing: false, visible: true, since_s: 0 });
    }
    if (held.mentorSocket === socket) {
      held.mentorSocket = null;
      this.#tellPhase(held);
    }
  }

  /** @param {FakeSocket} socket @param {Frame} join */
  #visitor(socket, join) {
    const endedBy = this.ended.get(join['conversation']);
    if (endedBy !== undefined) {
      socket.say({ type: 'ended', by: endedBy });
      socket.end(1000);
      return null;
    }
    let held = this.held.get(join['conversation']) ?? null;
    const isNew = held === null;
    if (held === null) {
      const ticket = join['ticket'] && JSON.parse(join['ticket']);
      if (!ticket && (join['incarnation'] !== null || join['after'] > 0)) {
        socket.say({ type: 'error', code: 'unknown_conversation', detail: {} });
        socket.end(4404);
        return null;
      }
      held = new Held(join['conversation'], join['token']);
      this.held.set(held.id, held);
      if (ticket) this.#restore(held, ticket);
    }
    held.visitorSocket?.end(4409);
    held.visitorSocket = socket;
    const have = held.log.filter((each) => each.sender === 'visitor').length;
    const { id: conversation, share, epoch } = held;
    socket.say({ type: 'joined', conversation, share, have, epoch, new: isNew && !join['ticket'] });
    this.#tellPhase(held);
    this.#ticket(held, 'visitor');
    held.mentorSocket?.say({ type: 'peer', present: true, typing: false, visible: true, since_s: 0 });
    this.#tellLog(socket, held, 'visitor', join);
    this.#tellQueue();
    return held;
  }

  /** @param {FakeSocket} socket @param {Frame} join */
  #mentor(socket, join) {
    const ticket = join['ticket'] && JSON.parse(join['ticket']);
    let held = [...this.held.values()].find((each) => each.mentor?.keyId === join['key']) ?? null;
    if (held === null && ticket && !this.held.has(ticket.id)) {
      held = new Held(ticket.id, ticket.token);
      this.#restore(held, ticket);
      this.held.set(held.id, held);
    }
    const conversation = held?.id ?? null;
    /** @type {any} */ (socket).keyId = join['key'];
    socket.say({
      type: 'ready',
      account_alias: 'Exempel',
      state: 'on',
      missing: [],
      since_s: 0,
      conversation,
    });
    this.#tellQueue();
    if (held === null) return null;
    held.mentorSocket = socket;
    this.#seat(socket, held);
    this.#tellLog(socket, held, `mentor:${join['key']}`, join);
    return held;
  }

  /** @param {FakeSocket} socket */
  #take(socket) {
    const held = [...this.held.values()].find((each) => each.mentor === null);
    if (held === undefined) {
      socket.say({ type: 'error', code: 'nobody_waiting', detail: {} });
      return null;
    }
    held.mentor = { keyId: /** @type {any} */ (socket).keyId, epoch: held.epoch + 1 };
    held.mentorSocket = socket;
    this.#seat(socket, held);
    this.#tellLog(socket, held, `mentor:${held.mentor.keyId}`, { after: 0, incarnation: null });
    this.#tellQueue();
    return held;
  }

  /** @param {FakeSocket} socket @param {Held} held */
  #seat(socket, held) {
    const have = held.log.filter((each) => each.sender === `mentor:${held.mentor?.keyId}`).length;
    socket.say({ type: 'taken', conversation: held.id, epoch: held.mentor?.epoch, have, since_s: 0 });
    this.#ticket(held, 'visitor');
    this.#ticket(held, 'mentor');
    this.#tellPhase(held);
  }

  /** @param {FakeSocket} socket @param {'visitor' | 'mentor'} seat @param {Held} held @param {Frame} frame */
  #handle(socket, seat, held, frame) {
    const sender = seat === 'visitor' ? 'visitor' : `mentor:${held.mentor?.keyId}`;
    switch (frame['type']) {
      case 'post':
        this.#post(socket, held, sender, frame);
        break;
      case 'received': {
        held.received.set(frame['sender'], frame['through']);
        const other = seat === 'visitor' ? held.mentorSocket : held.visitorSocket;
        other?.say({ type: 'delivered', through: frame['through'] });
        break;
      }
      case 'consent':
        held.next =
          [...this.sockets].find((each) => /** @type {any} */ (each).keyId === frame['mentor']) ?? null;
        if (held.next === null) {
          socket.say({ type: 'error', code: 'colleague_away', detail: {} });
          break;
        }
        held.next.say({ type: 'asked', conversation: held.id, epoch: held.epoch + 1, by: 'Exempel' });
        this.#tellPhase(held);
        break;
      case 'decline':
        if (held.next !== null) {
          this.#nobodyNext(held);
          break;
        }
        held.mentorSocket?.say({ type: 'ended', by: 'declined' });
        this.release(held);
        break;
      case 'another':
        held.mentorSocket?.say({ type: 'ended', by: 'another' });
        this.release(held);
        break;
      case 'pulse': {
        const other = seat === 'visitor' ? held.mentorSocket : held.visitorSocket;
        const { typing, visible } = frame;
        other?.say({
          type: 'peer',
          present: true,
          typing,
          visible: visible || seat === 'mentor',
          since_s: 0,
        });
        break;
      }
      case 'leave':
      case 'end':
        this.held.delete(held.id);
        this.ended.set(held.id, seat);
        for (const each of [held.visitorSocket, held.mentorSocket]) each?.say({ type: 'ended', by: seat });
        held.visitorSocket?.end(1000);
        break;
    }
  }

  /** @param {Held} held */
  #nobodyNext(held) {
    held.next?.say({ type: 'unasked', conversation: held.id });
    held.next = null;
    this.#tellPhase(held);
  }

  /**
   * What a colleague does who is asked to take over: she offers, or says no.
   *
   * @param {any} socket @param {Frame} frame @param {(held: Held) => void} sits called when the seat is hers
   */
  #asAsked(socket, frame, sits) {
    const held = [...this.held.values()].find((each) => each.next === socket);
    if (held === undefined) return;
    if (frame['type'] === 'turn_down') {
      this.#nobodyNext(held);
      return;
    }
    socket.say({ type: 'posted', sequence: frame['sequence'] });
    const { type: _, ...draft } = frame;
    const logged = /** @type {any} */ ({ ...draft, sender: `mentor:${socket.keyId}` });
    logged.position = held.log.push(logged);
    if (held.visitorSocket !== null) this.#tell(held.visitorSocket, logged);
    socket.sits = () => sits(held);
  }

  /** The visitor has granted: the colleague sits down and the former mentor is out. @param {Held} held */
  #moveSeat(held) {
    const next = held.next;
    held.next = null;
    held.mentorSocket?.say({ type: 'ended', by: 'handover' });
    held.mentor = { keyId: next.keyId, epoch: held.epoch };
    held.mentorSocket = next;
    next.sits();
    this.#seat(next, held);
    this.#tellLog(next, held, `mentor:${next.keyId}`, { after: 0, incarnation: null });
  }

  /** The mentor is gone beyond the grace time. @param {Held} held */
  release(held) {
    held.mentor = null;
    held.mentorSocket = null;
    this.#tellPhase(held);
    this.#tellQueue();
  }

  /** @param {FakeSocket} socket @param {Held} held @param {string} sender @param {Frame} frame */
  #post(socket, held, sender, { type: _, ...draft }) {
    const own = held.log.filter((each) => each.sender === sender);
    const known = own[draft['sequence']];
    if (known === undefined && draft['sequence'] > own.length) {
      socket.say({ type: 'error', code: 'gap', detail: { expected: own.length } });
      return;
    }
    if (known !== undefined && known.body !== draft['body']) {
      socket.say({ type: 'error', code: 'conflict', detail: {} });
      return;
    }
    const limit =
      sender === 'visitor' ? held.epoch + (draft['kind'] === 'grant' ? 1 : 0) : held.mentor?.epoch;
    if (draft['epoch'] > (limit ?? 0)) {
      socket.say({ type: 'error', code: 'wrong_epoch', detail: { epoch: limit } });
      return;
    }
    socket.say({ type: 'posted', sequence: draft['sequence'] });
    if (known !== undefined) return;
    let hasMoved = false;
    if (draft['kind'] === 'grant' && draft['epoch'] > held.epoch) {
      held.epoch = draft['epoch'];
      hasMoved = held.next !== null;
      this.#tellPhase(held);
      this.#ticket(held, 'visitor');
      this.#ticket(held, 'mentor');
    }
    const logged = /** @type {Logged} */ ({ ...draft, sender, position: held.log.length + 1 });
    held.log.push(logged);
    if (hasMoved) {
      this.#moveSeat(held);
      return;
    }
    const other = sender === 'visitor' ? held.mentorSocket : held.visitorSocket;
    if (other !== null) this.#tell(other, logged);
  }

  /** @param {FakeSocket} socket @param {Held} held @param {string} own @param {Frame} join */
  #tellLog(socket, held, own, join) {
    const after = join['incarnation'] === this.incarnation ? join['after'] : 0;
    for (const each of held.log) {
      if (each.position > after && (after === 0 || each.sender !== own)) this.#tell(socket, each);
    }
    const through = held.received.get(own);
    if (through !== undefined) socket.say({ type: 'delivered', through });
  }

  /** @param {FakeSocket} socket @param {Logged} logged */
  #tell(socket, logged) {
    const frame = { type: 'envelope', ...logged };
    for (const each of this.relay?.(frame) ?? [frame]) socket.say(each);
  }

  /** @param {Held} held */
  #tellPhase(held) {
    const { phase, epoch } = held;
    const mentor = held.mentor?.keyId ?? null;
    const next = held.next?.keyId ?? null;
    const waiting = [...this.held.values()].filter((each) => each.mentor === null);
    const place = phase === 'waiting' ? waiting.indexOf(held) + 1 || 1 : null;
    held.visitorSocket?.say({ type: 'phase', phase, place, mentor, epoch, next, wait_min: null });
    held.mentorSocket?.say({ type: 'phase', phase, mentor, epoch, next });
  }

  #tellQueue() {
    const waiting = [...this.held.values()].filter((each) => each.mentor === null).map(() => 30);
    for (const socket of this.sockets) {
      if ('keyId' in socket) socket.say({ type: 'queue', waiting, count: waiting.length });
    }
  }

  /** @param {Held} held @param {'visitor' | 'mentor'} seat */
  #ticket(held, seat) {
    const { id, token, epoch, mentor } = held;
    const ticket = JSON.stringify({ id, token, epoch, mentor }).replaceAll(' ', '');
    (seat === 'visitor' ? held.visitorSocket : held.mentorSocket)?.say({ type: 'ticket', ticket });
  }

  /** @param {Held} held @param {any} ticket */
  #restore(held, ticket) {
    held.epoch = ticket.epoch;
    held.mentor = ticket.mentor;
  }
}

/** A tab's storage. */
export class FakeStorage {
  /** @type {Map<string, string>} */
  items = new Map();
  getItem = (/** @type {string} */ name) => this.items.get(name) ?? null;
  setItem = (/** @type {string} */ name, /** @type {string} */ value) => void this.items.set(name, value);
  removeItem = (/** @type {string} */ name) => void this.items.delete(name);
}

/** Everything in one place: an organisation, a server, a clock, and people who come. */
export class World {
  clock = new Clock();
  server = new FakeServer();
  /** @type {CryptoKeyPair | null} */
  #organisation = null;
  /** @type {string[]} */
  pins = [];

  static async make() {
    const world = new World();
    world.#organisation = await newSigningKey(false);
    world.pins = [toBase64url(await publicKeyBytes(world.#organisation.publicKey))];
    return world;
  }

  /** @param {{storage?: FakeStorage, denied?: string[], about?: any, changed?: (part: VisitorConversation) => void}} [given] */
  async visitor({ storage = new FakeStorage(), denied = [], about = null, changed = () => {} } = {}) {
    const memory = new PageMemory(storage);
    const remembered = await memory.read();
    const identity = remembered?.identity ?? (await createConversationIdentity());
    const r = remembered?.r ?? crypto.getRandomValues(new Uint8Array(32));
    /** @type {VisitorConversation} */
    const conversation = new VisitorConversation({
      pins: this.pins,
      denied,
      identity,
      r,
      remembered,
      memory,
      send: (frame) => connection.link.send(frame),
      hangUp: () => connection.link.stop(),
      farewell: (parting) => this.server.farewells.push(parting),
      timers: this.clock.timers,
      now_ms: () => this.clock.now_ms,
      changed: () => changed(conversation),
      about,
    });
    const connection = this.#connection('visitor', conversation);
    connection.link.start();
    return new Person(conversation, connection.link, this.clock, storage, connection.Socket);
  }

  /** @param {{alias?: string, identity?: any, certificate?: any}} [given] */
  async mentor({ alias = 'Kim', identity, certificate } = {}) {
    const own = identity ?? (await createMentorIdentity());
    const paper = certificate ?? (await this.certify(own, alias));
    /** @type {MentorDesk} */
    const desk = new MentorDesk({
      identity: own,
      certificate: paper,
      send: (frame) => connection.link.send(frame),
      timers: this.clock.timers,
      now_ms: () => this.clock.now_ms,
      changed: () => {},
      lost: () => {},
    });
    const connection = this.#connection('mentor', desk);
    connection.link.start();
    const person = new Person(desk, connection.link, this.clock, new FakeStorage(), connection.Socket);
    person.identity = own;
    person.certificate = paper;
    return person;
  }

  /** @param {any} identity @param {string} alias @param {CryptoKeyPair | null} [key] */
  async certify(identity, alias, key = this.#organisation) {
    const now_s = Math.floor(this.clock.now_ms / 1000);
    const fields = {
      version: 1,
      alias,
      key: toBase64url(identity.publicKey),
      not_before: now_s - 60,
      not_after: now_s + 86_400,
    };
    const body = new TextEncoder().encode(JSON.stringify(fields));
    const signature = await signed(
      /** @type {CryptoKeyPair} */ (key).privateKey,
      'stodchatt/1 certificate',
      body,
    );
    return { body: toBase64url(body), signature: toBase64url(signature) };
  }

  /** @param {'visitor' | 'mentor'} seat @param {VisitorConversation | MentorDesk} part */
  #connection(seat, part) {
    const Socket = this.server.socketFor(seat);
    const link = new Connection({
      url: `ws://example.org/chatt/ws/${seat}`,
      seat,
      WebSocket: Socket,
      timers: this.clock.timers,
      random: () => 0.5,
      join: (welcome) => part.join(welcome),
      receive: (frame) => part.receive(frame),
      changed: (state, reason) => part.connection(state, reason),
      failed: (error) => {
        throw error;
      },
      endsAt1000: seat === 'visitor',
    });
    return { link, Socket };
  }
}

/** Somebody at a page. */
export class Person {
  /** @type {any} */
  identity = null;
  /** @type {any} */
  certificate = null;

  /**
   * @param {any} part
   * @param {Connection} connection
   * @param {Clock} clock
   * @param {FakeStorage} storage
   * @param {any} Socket
   */
  constructor(part, connection, clock, storage, Socket) {
    this.Socket = Socket;
    this.part = part;
    this.connection = connection;
    this.clock = clock;
    this.storage = storage;
  }

  get view() {
    return this.part.view;
  }

  /** @returns {any[]} */
  get lines() {
    return this.view.lines ?? this.view.conversation?.lines ?? [];
  }

  /** Texts in the order they stand on the page, own ones behind ">". */
  get texts() {
    return this.lines
      .filter((line) => line.who !== 'notice')
      .map((line) => (line.who === 'own' ? `>${line.text}` : line.text));
  }

  get notices() {
    return this.lines.filter((line) => line.who === 'notice').map((line) => line.notice);
  }

  get marks() {
    return this.lines.filter((line) => line.who === 'own').map((line) => line.mark);
  }

  /** The page is gone from one moment to the next: it hears nothing and does nothing more. */
  vanish() {
    this.Socket.isGone = true;
    const socket = this.Socket.latest;
    socket.onmessage = null;
    socket.onclose = null;
    socket.isOpen = false;
    socket.heard?.({ type: 'closed' });
    socket.heard = null;
  }

  /** Everything said so far is with the other side. */
  async isHeard() {
    await this.clock.until(() => this.marks.every((mark) => mark === 'delivered'), 'everything is delivered');
  }

  /** @param {string} text */
  say(text) {
    this.part.say(text);
  }

  /** @param {string} stage */
  async reaches(stage) {
    const now = () => this.view.stage ?? this.view.conversation?.stage;
    await this.clock.until(() => now() === stage, `stage ${stage}, is ${now()}`);
  }

  /** @param {string[]} texts */
  async reads(texts) {
    try {
      await this.clock.until(() => JSON.stringify(this.texts) === JSON.stringify(texts), 'texts');
    } catch {
      throw new Error(`expected ${JSON.stringify(texts)}, has ${JSON.stringify(this.texts)}`);
    }
  }
}

/** @param {string} text */
export const sha = (text) => createHash('sha256').update(text).digest('hex');
