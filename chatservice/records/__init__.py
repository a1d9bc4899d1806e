"""What must last: accounts, sessions, certificates, overrides. Never anything of a conversation.

`open_records` is the door. Start reading in `tables.py`, then any of the four adapters.
"""

from chatservice.records.database import DatabaseRecords, open_records

__all__ = ["DatabaseRecords", "open_records"]
