"""What can go wrong in the sealed conversation; the codes are the browser's."""


class SealingError(Exception):
    """Base of what can go wrong; ``code`` is stable, and the same as in the browser."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class CertificateError(SealingError):
    """unpinned, expired, not_yet, too_long, denied, malformed."""


class OfferError(SealingError):
    """signature, malformed."""


class GrantError(SealingError):
    """other_visitor, signature, unreadable, malformed."""


class MessageError(SealingError):
    """no_key, unreadable, too_long, malformed, other_root."""
