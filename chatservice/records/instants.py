"""Instants as the tables hold them: whole Unix seconds."""

from datetime import UTC, datetime


def to_seconds(instant: datetime) -> int:
    """Return whole Unix seconds of an aware instant."""
    return int(instant.timestamp())


def from_seconds(seconds: int) -> datetime:
    """Return the instant, aware, in UTC."""
    return datetime.fromtimestamp(seconds, UTC)
