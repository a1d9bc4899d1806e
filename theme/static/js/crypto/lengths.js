/** How long what people write may be, for whoever writes it and whoever seals it. Next: messages.js. */

/** How many characters (code points) a text may have. */
export const LONGEST_TEXT = 4000;
export const LONGEST_ALIAS = 40;
