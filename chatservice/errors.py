"""Everything that can be refused, as one tree with stable codes.

    ChatError
    ├── MalformedError            what came in is not of the agreed form
    ├── WrongVersionError         another protocol version
    ├── EndedError                the conversation is over and erased
    ├── TicketError               a ticket that we did not sign, or that speaks of something else
    ├── RefusedError              well-formed, and not allowed now; the code is told to the browser
    │   ├── ClosedError           the chat is closed
    │   ├── FullError             the queue is at its cap
    │   ├── BlockedError          no new conversation from this connection for a while
    │   ├── UnknownConversationError
    │   ├── NotOwnerError         wrong token, proof or key
    │   ├── GapError              an envelope number too high
    │   ├── ConflictError         the same number with other bytes
    │   ├── OutOfTurnError        this seat may not do that in this phase
    │   ├── WrongEpochError
    │   ├── NobodyWaitingError
    │   ├── AlreadyTalkingError
    │   ├── NotOnDutyError
    │   ├── NotClearedError
    │   ├── SignInRefusedError    wrong anything: one answer for every reason
    │   ├── LastFactorError       without it nothing but a recovery code would sign her in
    │   ├── UsernameTakenError
    │   ├── WeakPasswordError
    │   ├── InvitationOverError   an address that was used, withdrawn or is too old; never says which
    │   ├── PeopleRuleError       what a coordinator may not do to this account now
    │   ├── ShiftRefusedError     what cannot be done with a shift; the reason is a code for the page
    │   ├── CertificationRefusedError  an item cannot be noted, signed or withdrawn
    │   ├── QuarantineRefusedError     a quarantine cannot be set or lifted
    │   ├── LetterMistakesError   a field of the contact form is empty or cannot be right
    │   ├── InboxFullError        as many letters as may be held wait to be read
    │   └── RecordsAwayError      the database cannot answer now; what needs no account goes on
    ├── LiveStoreAwayError        where conversations live cannot be reached; whoever asked comes back soon
    └── StartError                the service cannot start or a command cannot run: one clear line for a person

What a browser or a person reads is decided in `web/error_pages.py` and in the templates, never here. No error holds
text of a conversation, a name or an address.
"""

from collections.abc import Mapping
from typing import ClassVar


class ChatError(Exception):
    """The root of the tree. `code` is stable and may be told to a browser."""

    code: ClassVar[str] = "error"


class MalformedError(ChatError):
    """What came in is not of the agreed form; the connection is closed."""

    code = "malformed"


class WrongVersionError(ChatError):
    """The browser speaks another version of the protocol."""

    code = "wrong_version"


class EndedError(ChatError):
    """The conversation is over and erased; `by` says who ended it."""

    code = "ended"

    def __init__(self, by: str) -> None:
        super().__init__(self.code)
        self.by = by


class TicketError(ChatError):
    """A ticket that we did not sign, that is too old, or that speaks of another conversation."""

    code = "ticket"


class RefusedError(ChatError):
    """Well-formed and not allowed now. `detail` has code-dependent fields without content or addresses."""

    code = "refused"

    def __init__(self, detail: Mapping[str, object] | None = None) -> None:
        super().__init__(self.code)
        self.detail: Mapping[str, object] = detail or {}


class ClosedError(RefusedError):
    """The chat is closed for new conversations."""

    code = "closed"


class FullError(RefusedError):
    """The queue is at its cap."""

    code = "full"


class BlockedError(RefusedError):
    """From this connection no new conversation may begin for a while."""

    code = "blocked"


class UnknownConversationError(RefusedError):
    """No such conversation, and nothing that lets us bring it back."""

    code = "unknown_conversation"


class NotOwnerError(RefusedError):
    """Wrong token, proof or key for this conversation or seat."""

    code = "not_owner"


class GapError(RefusedError):
    """An envelope's number is higher than the next one."""

    code = "gap"

    def __init__(self, expected: int) -> None:
        super().__init__({"expected": expected})


class ConflictError(RefusedError):
    """The same sender and number as an earlier envelope, with other bytes."""

    code = "conflict"


class OutOfTurnError(RefusedError):
    """This seat may not do that in this phase."""

    code = "out_of_turn"


class WrongEpochError(RefusedError):
    """The envelope's epoch is not one that this seat may use now."""

    code = "wrong_epoch"

    def __init__(self, epoch: int) -> None:
        super().__init__({"epoch": epoch})


class NobodyWaitingError(RefusedError):
    """Nobody waits, or a colleague was first."""

    code = "nobody_waiting"


class AlreadyTalkingError(RefusedError):
    """The mentor has a conversation already."""

    code = "already_talking"


class ColleagueAwayError(RefusedError):
    """The colleague who should take over is not on duty, or has a conversation of her own."""

    code = "colleague_away"


class NotOnDutyError(RefusedError):
    """Only a mentor on duty may take a visitor."""

    code = "not_on_duty"


class NotClearedError(RefusedError):
    """Something is missing before this mentor may go on duty; `detail["missing"]` names each item."""

    code = "not_cleared"

    def __init__(self, missing: tuple[str, ...]) -> None:
        super().__init__({"missing": list(missing)})


class SignInRefusedError(RefusedError):
    """Username, password or one-time code is wrong, or the account may not sign in; never says which."""

    code = "sign_in_refused"


class LastFactorError(RefusedError):
    """A second factor that is her only one cannot be taken away."""

    code = "last_factor"


class UsernameTakenError(RefusedError):
    """Another account has this username."""

    code = "username_taken"


class WeakPasswordError(RefusedError):
    """The password is too short."""

    code = "weak_password"


class InvitationOverError(RefusedError):
    """The address lets nobody in: used, withdrawn, too old, or never made; never says which."""

    code = "invitation_over"


class PeopleRuleError(RefusedError):
    """A coordinator may not do that to this account now; `reason` is a stable code that the page puts in words."""

    code = "people_rule"

    def __init__(self, reason: str) -> None:
        super().__init__({"reason": reason})
        self.reason = reason


class ShiftRefusedError(RefusedError):
    """That cannot be done with a shift; `reason` is one of domain/shift.py's stable codes."""

    code = "shift_refused"

    def __init__(self, reason: str) -> None:
        super().__init__({"reason": reason})
        self.reason = reason


class CertificationRefusedError(RefusedError):
    """An item cannot be noted, signed or withdrawn; `reason` is a stable code that the page puts in words."""

    code = "certification_refused"

    def __init__(self, reason: str) -> None:
        super().__init__({"reason": reason})
        self.reason = reason


class QuarantineRefusedError(RefusedError):
    """A quarantine cannot be set or lifted; `reason` is a stable code that the page puts in words."""

    code = "quarantine_refused"

    def __init__(self, reason: str) -> None:
        super().__init__({"reason": reason})
        self.reason = reason


class LetterMistakesError(RefusedError):
    """Fields of a letter that must be changed: `mistakes` has a code for each of them, never what was written."""

    code = "letter_mistakes"

    def __init__(self, mistakes: Mapping[str, str]) -> None:
        super().__init__({"mistakes": dict(mistakes)})
        self.mistakes: Mapping[str, str] = mistakes


class InboxFullError(RefusedError):
    """As many letters as may be held wait to be read."""

    code = "inbox_full"


class RecordsAwayError(RefusedError):
    """The database is gone, full, damaged or mute. Whoever can go on without it does; everybody else tries later."""

    code = "records_away"


class LiveStoreAwayError(ChatError):
    """Where conversations live cannot be reached now, or has just lost everything: a page is told to come back."""

    code = "live_store_away"


class StartError(ChatError):
    """The service cannot start or a command cannot run. The text is one clear line in Swedish with its remedy."""

    code = "start"
