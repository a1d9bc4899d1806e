"""What must last, behind one door. There is no table for conversations, on purpose. Adapter: records/."""

from typing import Protocol

from chatservice.ports.audit import AuditLog
from chatservice.ports.certification import Certificates, CertificationItems, Quarantines
from chatservice.ports.counters import Counters
from chatservice.ports.factors import Passkeys, RecoveryCodes
from chatservice.ports.hours import Overrides, ScheduleExceptions
from chatservice.ports.inbox import FeedbackBox, Letters, TalkRequests
from chatservice.ports.people import Accounts, FactorLosses, Invitations, StaffSessions
from chatservice.ports.rota import Shifts


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
    def passkeys(self) -> Passkeys:
        """Second factors that live in a device."""
        ...

    @property
    def recovery_codes(self) -> RecoveryCodes:
        """For whoever has lost her device."""
        ...

    @property
    def invitations(self) -> Invitations:
        """Addresses that let somebody in once."""
        ...

    @property
    def factor_losses(self) -> FactorLosses:
        """Second factors that one coordinator says are lost."""
        ...

    @property
    def certificates(self) -> Certificates:
        """The keys of mentors' browsers."""
        ...

    @property
    def certification_items(self) -> CertificationItems:
        """What mentors have shown, signed, read and done."""
        ...

    @property
    def quarantines(self) -> Quarantines:
        """Days on which mentors do not staff the chat."""
        ...

    @property
    def schedule_exceptions(self) -> ScheduleExceptions:
        """Days with other hours than the week's."""
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

    @property
    def shifts(self) -> Shifts:
        """Who has which evening."""
        ...
