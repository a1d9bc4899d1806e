/**
 * Cutting a text that is too long into parts, where it hurts least: between paragraphs, lines, sentences, words.
 */

/** Where a text may be cut, best first; the cut is after what matches. */
const SEAMS = [/\n\s*\n/g, /\n/g, /[.!?…]\s/g, /\s/g];

/**
 * @param {string} text
 * @param {number} longest characters (code points) in a part
 * @returns {string[]} parts that together hold everything but white space at the seams
 */
export function inParts(text, longest) {
  const parts = [];
  let rest = [...text.trim()];
  while (rest.length > longest) {
    const head = rest.slice(0, longest).join('');
    const cut = seam(head);
    parts.push(head.slice(0, cut).trim());
    rest = [...(head.slice(cut) + rest.slice(longest).join('')).trimStart()];
  }
  if (rest.length > 0) parts.push(rest.join('').trim());
  return parts.filter((part) => part !== '');
}

/** @param {string} head @returns {number} */
function seam(head) {
  for (const pattern of SEAMS) {
    const last = [...head.matchAll(pattern)].at(-1);
    // A part shorter than half is worse than a cut between words.
    const cut = last === undefined ? 0 : last.index + last[0].length;
    if (cut > head.length / 2) return cut;
  }
  return head.length;
}
