/**
 * The frames of the line between a mentor and the coordinators, as browsers receive them.
 *
 * Knows the wire of docs/protocol.md ("The line to the coordinators"). frames.js takes the shapes among its own.
 */

/** @typedef {{type: 'line_open', keys: string[]}} LineOpenFrame */
/** @typedef {{type: 'line', page: string, number: number, body: string}} LineTextFrame */
/** @typedef {{type: 'line_got', page: string, number: number}} LineGotFrame */
/** @typedef {{type: 'line_lost', page: string, number: number}} LineLostFrame */
/** @typedef {{type: 'line_page', page: string, present: boolean}} LinePageFrame */
/** @typedef {{waiting: number, longest_wait_s: number, talking: number, on_duty: number, paused: number}} Counts */
/** @typedef {{type: 'counts'} & Counts} CountsFrame */
/** @typedef {LineOpenFrame | LineTextFrame | LineGotFrame | LineLostFrame} LineFrame what a mentor's page receives */
/** @typedef {(value: unknown) => boolean} Check */

/** Coordinators' pages that may be there at once. */
const MOST_KEYS = 8;

/** @type {Check} */
const isNumber = (value) => Number.isSafeInteger(value) && /** @type {number} */ (value) >= 0;
/** @param {RegExp} pattern @returns {Check} */
const matches = (pattern) => (value) => typeof value === 'string' && pattern.test(value);

const isPage = matches(/^[A-Za-z0-9_-]{22}$/);
const isKey = matches(/^[A-Za-z0-9_-]{87}$/);

/** @type {Record<string, Record<string, Check>>} */
const BOTH = {
  line: { page: isPage, number: isNumber, body: matches(/^[\x21-\x7e]{1,8000}$/) },
  line_got: { page: isPage, number: isNumber },
  line_lost: { page: isPage, number: isNumber },
};

/** What a mentor's page receives of the line. @type {Record<string, Record<string, Check>>} */
export const MENTOR_LINE = {
  ...BOTH,
  line_open: {
    keys: (value) => Array.isArray(value) && value.length <= MOST_KEYS && value.every((key) => isKey(key)),
  },
};

/** What a coordinator's page receives. @type {Record<string, Record<string, Check>>} */
export const COORDINATOR_LINE = {
  ...BOTH,
  line_page: { page: isPage, present: (value) => typeof value === 'boolean' },
  counts: {
    waiting: isNumber,
    longest_wait_s: isNumber,
    talking: isNumber,
    on_duty: isNumber,
    paused: isNumber,
  },
};
