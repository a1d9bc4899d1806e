/**
 * Opens what came to the coordinators: letters of the contact form, and lines of feedback.
 *
 * HPKE (suite.js) with empty AAD; what is inside is framed and then padded. The sealing half is the service's
 * (chatservice/domain/letter_sealing.py); tests/fixtures/vectors/letters.json binds the two. Knows no DOM and no network.
 */

import { framed, fromUtf8 } from './encoding.js';
import { LetterError } from './errors.js';
import { hpke, PUBLIC_KEY_BYTES, SUITE } from './suite.js';

/** @typedef {import('./encoding.js').Bytes} Bytes */
/** @typedef {'question' | 'idea' | 'opinion' | 'other'} Topic */
/** @typedef {{topic: Topic, email: string, text: string}} Letter email is "" when no answer is wanted */
/** @typedef {{number: number, sealed: Bytes}} SealedLetter */
/** @typedef {{number: number, letter: Letter | null, problem: string}} OpenedLetter problem: why it is none, or "" */
/** @typedef {{day: string, face: string, sealed: Bytes}} SealedLine */
/** @typedef {{day: string, face: string, line: string | null}} OpenedLine null for one that cannot be read */

const TOPICS = ['question', 'idea', 'opinion', 'other'];
const LENGTH_BYTES = 4;
const END = 0x80;
// Control characters but for tab and new line, halves of characters, and what turns the direction of writing.
const UNPRINTABLE = /[^\P{Cc}\n\t]|\p{Cs}|[\u202a-\u202e\u2066-\u2069]/gu;

/**
 * @param {CryptoKeyPair} key the inbox key
 * @param {Bytes} sealed
 * @returns {Promise<Letter>}
 * @throws {LetterError} unreadable for another key's letter or a changed one, malformed for what is no letter
 */
export async function openLetter(key, sealed) {
  const [topic = '', email = '', text, ...more] = parts(await opened(key, sealed, 'letter'));
  if (text === undefined || more.length > 0 || !TOPICS.includes(topic)) throw new LetterError('malformed');
  return { topic: /** @type {Topic} */ (topic), email, text };
}

/**
 * @param {CryptoKeyPair} key the inbox key
 * @param {Bytes} sealed
 * @returns {Promise<string>}
 * @throws {LetterError} as above
 */
export async function openLine(key, sealed) {
  const [line, ...more] = parts(await opened(key, sealed, 'feedback'));
  if (line === undefined || more.length > 0) throw new LetterError('malformed');
  return line;
}

/**
 * Open all that there is; what cannot be opened comes back with the code of its reason.
 * @param {CryptoKeyPair} key
 * @param {{letters: SealedLetter[], lines: SealedLine[]}} sealed
 * @returns {Promise<{letters: OpenedLetter[], lines: OpenedLine[]}>}
 */
export async function openAll(key, { letters, lines }) {
  return {
    letters: await Promise.all(
      letters.map(({ number, sealed }) =>
        openLetter(key, sealed).then(
          (letter) => ({ number, letter, problem: '' }),
          (/** @type {LetterError} */ { code }) => ({ number, letter: null, problem: code }),
        ),
      ),
    ),
    lines: await Promise.all(
      lines.map(({ day, face, sealed }) =>
        openLine(key, sealed).then(
          (line) => ({ day, face, line }),
          () => ({ day, face, line: null }),
        ),
      ),
    ),
  };
}

/**
 * Leave out what steers a screen instead of being read on it.
 * @param {string} text
 */
function printable(text) {
  return text.normalize('NFC').replaceAll('\r\n', '\n').replaceAll('\r', '\n').replaceAll(UNPRINTABLE, '');
}

/** @param {CryptoKeyPair} recipientKey @param {Bytes} sealed @param {'letter' | 'feedback'} purpose */
async function opened(recipientKey, sealed, purpose) {
  const enc = sealed.slice(0, PUBLIC_KEY_BYTES).buffer;
  const info = framed(`${SUITE} ${purpose}`);
  try {
    return new Uint8Array(await hpke.open({ recipientKey, enc, info }, sealed.slice(PUBLIC_KEY_BYTES)));
  } catch {
    throw new LetterError('unreadable');
  }
}

/**
 * Take padded content apart into the texts that it was framed from.
 * @param {Bytes} padded
 * @returns {string[]}
 */
function parts(padded) {
  let end = padded.length - 1;
  while (end >= 0 && padded[end] === 0) end -= 1;
  if (padded[end] !== END) throw new LetterError('malformed');
  const view = new DataView(padded.buffer, 0, end);
  const texts = [];
  try {
    for (let at = 0; at < end; ) {
      const next = at + LENGTH_BYTES + view.getUint32(at);
      if (next > end) throw new LetterError('malformed');
      texts.push(printable(fromUtf8(padded.slice(at + LENGTH_BYTES, next))));
      at = next;
    }
  } catch {
    throw new LetterError('malformed');
  }
  return texts;
}
