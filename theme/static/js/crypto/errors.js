/**
 * What can go wrong in the sealed conversation, as one small tree.
 *
 *     SealingError
 *     ├── EncodingError      something is not the bytes it should be
 *     ├── CertificateError   unpinned · expired · not_yet · too_long · denied · malformed
 *     ├── OfferError         signature · malformed
 *     ├── GrantError         other_visitor · signature · unreadable · malformed
 *     ├── MessageError       no_key · unreadable · too_long · malformed · other_root
 *     ├── LineError          signature · unreadable · malformed
 *     ├── LetterError        unreadable · malformed
 *     └── KeyFileError       wrong_passphrase · other_kind · other_protection · other_key · malformed
 *
 * `code` is stable and for programs. No error carries a text, a key or an identity, so all of them may be shown or counted.
 */

export class SealingError extends Error {
  /** @param {string} code */
  constructor(code) {
    super(code);
    this.name = new.target.name;
    this.code = code;
  }
}

export class EncodingError extends SealingError {}

export class CertificateError extends SealingError {}

export class OfferError extends SealingError {}

export class GrantError extends SealingError {}

export class MessageError extends SealingError {}

export class LineError extends SealingError {}

export class LetterError extends SealingError {}

export class KeyFileError extends SealingError {}
