"""What the use cases need from outside, as Protocols: time, what must vanish, what must last.

Knows domain types only. Adapters live in `live/` (memory) and `records/` (a database); the contract tests in
tests/contracts/ run the same tests over each of them. Everybody imports from here; a new port gets a file by its
subject, and a line in `records.py` when it must last.
"""

from chatservice.ports.audit import AuditLog
from chatservice.ports.bells import QUEUE_TOPIC, STORE_TOPIC, Bell, seat_topic
from chatservice.ports.blocks import Block, Blocks, Origin
from chatservice.ports.brief import BriefCounts, BriefMemory, Settling, Turns
from chatservice.ports.certification import Certificates, CertificationItems, Quarantines
from chatservice.ports.clock import Clock, now_ms
from chatservice.ports.counters import Counters, Tally
from chatservice.ports.credentials import (
    CertificateSigner,
    MadePasskey,
    OneTimeCodes,
    PasskeyClaim,
    PasskeyVerifier,
    PasswordHasher,
    SignedBody,
)
from chatservice.ports.factors import Passkey, Passkeys, RecoveryCodes
from chatservice.ports.hours import Overrides, ScheduleExceptions
from chatservice.ports.inbox import FeedbackBox, Letters, TalkRequest, TalkRequests
from chatservice.ports.lines import LINE_TOPIC, MOST_COORDINATORS, LineNews, Lines, line_topic
from chatservice.ports.live import (
    Colleague,
    LiveStore,
    Overdue,
    Presence,
    Pulse,
    QueueView,
    View,
)
from chatservice.ports.people import (
    Accounts,
    Credentials,
    FactorLosses,
    Invitations,
    StaffSession,
    StaffSessions,
)
from chatservice.ports.records import Records
from chatservice.ports.rota import Shifts
from chatservice.ports.starts import StartCounts, Starts

__all__ = [
    "LINE_TOPIC",
    "MOST_COORDINATORS",
    "QUEUE_TOPIC",
    "STORE_TOPIC",
    "Accounts",
    "AuditLog",
    "Bell",
    "Block",
    "Blocks",
    "BriefCounts",
    "BriefMemory",
    "CertificateSigner",
    "Certificates",
    "CertificationItems",
    "Clock",
    "Colleague",
    "Counters",
    "Credentials",
    "FactorLosses",
    "FeedbackBox",
    "Invitations",
    "Letters",
    "LineNews",
    "Lines",
    "LiveStore",
    "MadePasskey",
    "OneTimeCodes",
    "Origin",
    "Overdue",
    "Overrides",
    "Passkey",
    "PasskeyClaim",
    "PasskeyVerifier",
    "Passkeys",
    "PasswordHasher",
    "Presence",
    "Pulse",
    "Quarantines",
    "QueueView",
    "Records",
    "RecoveryCodes",
    "ScheduleExceptions",
    "Settling",
    "Shifts",
    "SignedBody",
    "StaffSession",
    "StaffSessions",
    "StartCounts",
    "Starts",
    "TalkRequest",
    "TalkRequests",
    "Tally",
    "Turns",
    "View",
    "line_topic",
    "now_ms",
    "seat_topic",
]
