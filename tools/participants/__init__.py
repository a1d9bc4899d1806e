"""Visitor and mentor as programs: a second implementation of the sealed conversation, for tests and load.

``sealing`` is written from docs/protocol.md and shares no code with the service or the browser, so that a mistake
in one of the three is seen. ``visitor`` and ``mentor`` speak the wire.
"""
