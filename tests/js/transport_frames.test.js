/** The parser of received frames, against the examples that Python and Node share. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { FRAME_LIMIT, FrameError, parseFrame } from '../../theme/static/js/transport/frames.js';

const EXAMPLES = new URL('../fixtures/frames/', import.meta.url);

for (const seat of /** @type {const} */ (['visitor', 'mentor', 'coordinator'])) {
  const folder = new URL(`${seat}_receives/`, EXAMPLES);
  for (const name of readdirSync(folder)) {
    const { valid, invalid } = JSON.parse(readFileSync(new URL(name, folder), 'utf8'));

    test(`a ${seat} refuses what is no ${name.replace('.json', '')} frame`, () => {
      for (const { why, frame } of invalid) {
        const text = typeof frame === 'string' ? frame : JSON.stringify(frame);
        assert.throws(() => parseFrame(seat, text), FrameError, why);
      }
    });

    test(`a ${seat} accepts every valid ${name.replace('.json', '')} frame`, () => {
      for (const frame of valid) assert.deepEqual(parseFrame(seat, JSON.stringify(frame)), frame);
    });
  }
}

test('binary data, too much data and things that are no JSON are refused', () => {
  for (const data of [new ArrayBuffer(4), null, '', '{', '[]', 'null', '"beat"', '7']) {
    assert.throws(() => parseFrame('visitor', data), FrameError);
  }
  const large = JSON.stringify({ type: 'beat', filler: 'x'.repeat(FRAME_LIMIT) });
  assert.throws(() => parseFrame('visitor', large), FrameError);
});

test('a type that only the prototype of an object has is refused', () => {
  for (const type of ['constructor', 'toString', '__proto__']) {
    assert.throws(() => parseFrame('mentor', JSON.stringify({ type })), FrameError);
  }
});
