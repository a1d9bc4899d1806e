/**
 * Does a text tell who somebody is, or what could harm those on a mission? A reminder for who writes, in her own
 * browser: nothing is blocked, and nobody is told. It looks for shapes, so it is sometimes wrong both ways.
 */

/** @typedef {'personal_number' | 'phone' | 'mail' | 'mission'} Revealing */

const PERSONAL_NUMBER =
  /(?<!\d)(?:19|20)?\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]|6[1-9]|[78]\d|9[01])[-+ ]?\d{4}(?!\d)/;
const PHONE = /(?<![\d.,/-])(?:\+\d|0)(?:[ -]?\d){7,13}(?!\d)/;
const MAIL = /[^\s@<>]+@[^\s@<>]+\.\p{L}{2,}/u;

const UNIT =
  /(?<!\p{L})(?:kompani(?:et)?|pluton(?:en)?|bataljon(?:en)?|skvadron(?:en)?|brigad(?:en)?|förband(?:et)?|kontingent(?:en)?|FS ?\d{2}|ML ?\d{2}|KS ?\d{2}|[IKAPLF] ?\d{1,2}(?= ))(?!\p{L})/iu;
const PLACE =
  /(?<!\p{L})(?:camp|flygbas(?:en)?|basen|ambassaden|lägret|kosovo|pristina|mali|timbuktu|gao|afghanistan|kabul|mazar|irak|erbil|bagdad|lettland|ādaži|adazi|ukraina|somalia|libanon|cypern|bosnien|sydsudan)(?!\p{L})/iu;
const DATE =
  /(?<!\d)(?:20\d{2}-\d{2}-\d{2}|\d{1,2}\/\d{1,2}|(?:den )?\d{1,2}(?::e|:a)? (?:jan|feb|mar|apr|maj|jun|jul|aug|sep|okt|nov|dec)\p{L}*|kl(?:ockan)?\.? ?\d{1,2})/iu;

/**
 * @param {string} text
 * @returns {Revealing[]}
 */
export function revealing(text) {
  /** @type {Revealing[]} */
  const found = [];
  const isPersonal = PERSONAL_NUMBER.test(text);
  if (isPersonal) found.push('personal_number');
  if (!isPersonal && PHONE.test(text)) found.push('phone');
  if (MAIL.test(text)) found.push('mail');
  if ([UNIT, PLACE, DATE].filter((pattern) => pattern.test(text)).length >= 2) found.push('mission');
  return found;
}
