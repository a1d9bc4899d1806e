/** The connection that comes back by itself, with sockets and a clock that the test moves. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Connection } from '../../theme/static/js/transport/socket.js';
import { Clock, FakeSocket, turn } from './conversation_world.js';

const WELCOME = { type: 'welcome', version: 'stodchatt/1', challenge: 'A'.repeat(43), incarnation: 'life-1' };
const JOINED = {
  type: 'joined',
  conversation: 'B'.repeat(43),
  share: 'C'.repeat(43),
  have: 0,
  epoch: 0,
  new: true,
};

/** @param {{endsAt1000?: boolean, join?: () => Promise<object>}} [given] */
function connected({ endsAt1000 = true, join = async () => ({ type: 'join' }) } = {}) {
  const clock = new Clock();
  /** @type {FakeSocket[]} */
  const sockets = [];
  /** @type {number[]} */
  const openedAt_ms = [];
  /** @type {string[]} */
  const states = [];
  /** @type {any[]} */
  const received = [];
  /** @type {unknown[]} */
  const errors = [];
  class Socket extends FakeSocket {
    constructor() {
      super();
      sockets.push(this);
      openedAt_ms.push(clock.now_ms);
    }
  }
  const connection = new Connection({
    url: 'ws://example.org/chatt/ws/visitor',
    seat: 'visitor',
    WebSocket: /** @type {any} */ (Socket),
    timers: clock.timers,
    random: () => 0.5,
    join,
    receive: (frame) => {
      received.push(frame);
      if (frame.type === 'peer') throw new Error('from the page');
    },
    changed: (state, reason) => states.push(reason === null ? state : `${state}: ${reason}`),
    failed: (error) => errors.push(error),
    endsAt1000,
  });
  connection.start();
  const socket = () => /** @type {FakeSocket} */ (sockets.at(-1));
  const open = async () => {
    socket().say(WELCOME);
    await turn();
    socket().say(JOINED);
    await turn();
  };
  return { clock, sockets, openedAt_ms, socket, states, received, errors, connection, open };
}

test('a frame that is not ours closes the socket with 4400, and the third time nobody comes back', async () => {
  const { clock, socket, sockets, states } = connected();

  for (let i = 0; i < 3; i += 1) {
    socket().say({ type: 'shout' });
    assert.equal(socket().closedWith, 4400);
    await clock.advance(10_000);
  }

  assert.equal(sockets.length, 3);
  assert.equal(states.at(-1), 'stopped: broken');
});

for (const [code, reason] of /** @type {const} */ ([
  [4401, 'signed_out'],
  [4403, 'refused'],
  [4404, 'unknown'],
  [4409, 'newer_tab'],
  [4426, 'wrong_version'],
  [1000, 'ended'],
])) {
  test(`close code ${code} means ${reason}, and nobody comes back`, async () => {
    const { clock, socket, sockets, states, open } = connected();
    await open();

    socket().end(code);
    await clock.advance(60_000);

    assert.equal(states.at(-1), `stopped: ${reason}`);
    assert.equal(sockets.length, 1);
  });
}

for (const code of [1006, 1009, 1011, 1012, 4408, 4413]) {
  test(`close code ${code} means: come back within half a second`, async () => {
    const { clock, socket, sockets, states, open } = connected();
    await open();

    socket().end(code);
    await clock.advance(500);

    assert.equal(sockets.length, 2);
    assert.deepEqual(states, ['opening', 'open', 'lost', 'opening']);
  });
}

test('what is said between the end of a socket and its close event was not sent', async () => {
  const { socket, connection, open } = connected();
  await open();

  socket().isOpen = false;

  assert.equal(connection.send({ type: 'leave' }), false);
  assert.deepEqual(socket().sent, [{ type: 'join' }]);
});

test('a socket that ends while the join is being made hears none, and is come back from', async () => {
  const { clock, socket, sockets, connection } = connected({
    join: async () => {
      socket().isOpen = false;
      return { type: 'join' };
    },
  });
  socket().say(WELCOME);
  await turn();

  assert.deepEqual(socket().sent, []);
  assert.equal(connection.send({ type: 'leave' }), false);
  socket().onclose?.({ code: 1012 });
  await clock.advance(500);
  assert.equal(sockets.length, 2);
});

test('a mentor comes back after 1000, because her desk goes on', async () => {
  const { clock, socket, sockets, open } = connected({ endsAt1000: false });
  await open();

  socket().end(1000);
  await clock.advance(500);

  assert.equal(sockets.length, 2);
});

test('the waits grow to five seconds and begin anew after coming back', async () => {
  const { clock, socket, openedAt_ms, open } = connected();
  /** @type {number[]} */
  const waits_ms = [];
  const fail = async () => {
    const from_ms = clock.now_ms;
    socket().end(1006);
    await clock.advance(6_000);
    waits_ms.push(/** @type {number} */ (openedAt_ms.at(-1)) - from_ms);
  };

  for (let i = 0; i < 9; i += 1) await fail();
  await open();
  await fail();

  assert.deepEqual(waits_ms, [250, 1_000, 1_500, 2_000, 2_000, 2_000, 3_000, 5_000, 5_000, 250]);
});

test('an error before the seat is given does not count as having come back', async () => {
  const { clock, socket, sockets } = connected();
  socket().end(1006);
  await clock.advance(500);
  socket().say(WELCOME);
  await turn();
  socket().say({ type: 'error', code: 'closed', detail: {} });
  await turn();

  socket().end(1006);
  await clock.advance(900);

  assert.equal(sockets.length, 2);
});

test('a beat goes out every 15 seconds, and 10 seconds of silence after it is a loss', async () => {
  const { clock, socket, sockets, states, open } = connected();
  await open();

  await clock.advance(15_000);
  assert.deepEqual(socket().sent.at(-1), { type: 'beat' });
  socket().say({ type: 'beat' });
  await clock.advance(15_000);
  assert.equal(socket().sent.filter((frame) => frame['type'] === 'beat').length, 2);
  await clock.advance(9_999);
  assert.equal(sockets.length, 1);

  await clock.advance(1);

  assert.equal(states.at(-1), 'lost');
  assert.equal(sockets[0]?.closedWith, 4408);
});

test('a socket that never says welcome is given up after 10 seconds', async () => {
  const { clock, sockets, states } = connected();

  await clock.advance(10_000);

  assert.equal(states.at(-1), 'lost');
  assert.equal(sockets[0]?.isOpen, false);
});

test('nothing is sent before the join, and the join is the first frame', async () => {
  const { connection, socket, open } = connected();

  assert.equal(connection.send({ type: 'leave' }), false);
  await open();

  assert.equal(connection.send({ type: 'leave' }), true);
  assert.deepEqual(socket().sent, [{ type: 'join' }, { type: 'leave' }]);
});

test('the last frame before a close is heard before the close', async () => {
  const { socket, received, states, open } = connected();
  await open();

  socket().say({ type: 'ended', by: 'mentor' });
  socket().end(1000);
  assert.equal(states.at(-1), 'open');
  await turn();

  assert.equal(received.at(-1).by, 'mentor');
  assert.equal(states.at(-1), 'stopped: ended');
});

test('nothing is called sent once the socket has closed, even while its last frames are still read', async () => {
  const { connection, socket, open } = connected();
  await open();

  socket().end(1006);

  assert.equal(connection.send({ type: 'end' }), false);
});

test('a join that is ready too late goes nowhere', async () => {
  /** @type {((join: object) => void)[]} */
  const ready = [];
  const { connection, socket, sockets } = connected({
    join: () => new Promise((resolve) => ready.push(resolve)),
  });
  socket().say(WELCOME);
  await turn();

  connection.stop();
  ready[0]?.({ type: 'join' });
  await turn();

  assert.deepEqual(sockets[0]?.sent, []);
});

test('waking up tries at once instead of waiting', async () => {
  const { connection, clock, socket, sockets } = connected();
  for (let i = 0; i < 4; i += 1) {
    socket().end(1006);
    await clock.advance(4_000);
  }
  socket().end(1006);
  await turn();
  const before = sockets.length;

  connection.wake();

  assert.equal(sockets.length, before + 1);
});

test('a page that fails at one frame still gets the next, and the failure is told', async () => {
  const { socket, received, errors, open } = connected();
  await open();

  socket().say({ type: 'peer', present: true, typing: false, visible: true, since_s: 0 });
  socket().say({ type: 'ticket', ticket: 'x' });
  await turn();

  assert.equal(errors.length, 1);
  assert.equal(received.at(-1).type, 'ticket');
});

test('stopping closes for good', async () => {
  const { connection, clock, sockets, states, open } = connected();
  await open();

  connection.stop();
  await clock.advance(60_000);

  assert.equal(sockets.length, 1);
  assert.equal(sockets[0]?.closedWith, 1000);
  assert.equal(states.at(-1), 'stopped: left');
});
