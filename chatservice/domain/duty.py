"""Duty: whether a mentor takes visitors now."""

from enum import StrEnum


class DutyState(StrEnum):
    """A mentor's own word. Presence is another matter: only a connected mentor counts as on duty."""

    OFF = "off"
    ON = "on"
    PAUSED = "paused"
