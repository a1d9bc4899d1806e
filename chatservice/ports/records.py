"""What must last, behind one door. There is no table for conversations, on purpose. Adapter: records/."""

from typing import Protocol

from chatservice.ports.audit import AuditLog
from chatservice.ports.certification import Certificates
from chatservice.ports.counters import Counters
from chatservice.ports.hours import Overrides
from chatservice.ports.inbox import FeedbackBox, Letters, TalkRequests
from chatservice.ports.people import Accounts, StaffSessions


class Records(Protocol):
    """What must last. There is no table for conversations, on purpose."""

    @property
    def accounts(self) -> Accounts:
        """Everybody who may sign in."""
        ...

    @property
    def sessions(self) -> StaffSessions:
        """Who is signed in."""
        ...

    @property
    def certificates(self) -> Certificates:
        """The keys of mentors' browsers."""
        ...

    @property
    def overrides(self) -> Overrides:
        """Temporary states of the opening hours."""
        ...

    @property
    def letters(self) -> Letters:
        """What came in by the contact form."""
        ...

    @property
    def counters(self) -> Counters:
        """How often something happened."""
        ...

    @property
    def talk_requests(self) -> TalkRequests:
        """Mentors who need to talk."""
        ...

    @property
    def feedback(self) -> FeedbackBox:
        """What visitors answered after conversations."""
        ...

    @property
    def audit_log(self) -> AuditLog:
        """What staff did."""
        ...
