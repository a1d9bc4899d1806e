"""docs/what_we_hold.md, written from tables, rules of retention and settings: `python -m tools.what_we_hold`.

The words stand in docs/what_we_hold.toml: every table and every field has some, or this refuses. How long something is
kept is never typed there: `{kept}` is put in from domain/retention.py, `{CHAT_…}` from settings.py. A test compares the
page with what this writes, and another the page with a database that was migrated.
"""

import re
import sys
import tomllib
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from textwrap import TextWrapper
from typing import Any, Final

from chatservice.domain.retention import KEPT_WHILE_USED, RULES, Rule
from chatservice.records.tables import metadata
from chatservice.settings import Settings

ROOT: Final = Path(__file__).resolve().parent.parent
PAGE: Final = ROOT / "docs/what_we_hold.md"
WORDS: Final = ROOT / "docs/what_we_hold.toml"
ALEMBIC: Final = {"alembic_version": ["version_num"]}
"""The table that the migrations themselves make."""
_KEPT: Final = "{kept}"
_SETTING: Final = re.compile(r"\{(CHAT_[A-Z_]+)\}")
_AS_IT_IS: Final = ("|", "- ", "#")
_LINES: Final = TextWrapper(width=120, break_long_words=False, break_on_hyphens=False)
_UNITS: Final = (("hour", 3600), ("minute", 60), ("second", 1))


class WordsError(Exception):
    """Something that is held is not described, or something is described that is not held."""


def tables() -> dict[str, list[str]]:
    """Return every table with its fields, as the migrations leave them."""
    ours = {table.name: [column.name for column in table.columns] for table in metadata.sorted_tables}
    return ours | ALEMBIC


def page(words: Mapping[str, Any], held: Mapping[str, list[str]], rules: tuple[Rule, ...] = RULES) -> str:
    """Return the whole page. Raises `WordsError`."""
    told: Mapping[str, Any] = words["tables"]
    if silent := held.keys() - told.keys():
        raise WordsError(f"Nothing is said about the table {min(silent)}.")
    if gone := told.keys() - held.keys():
        raise WordsError(f"There is no table {min(gone)} any more.")
    kept = {rule.table: rule for rule in rules}
    blocks = [_filled(words["head"])]
    blocks += [_table(name, told[name], held[name], kept.get(name)) for name in told]
    blocks += [
        f"## {chapter['title']}\n\n{_filled(chapter['text']).strip()}" for chapter in words["chapters"]
    ]
    return "\n\n".join(blocks) + "\n"


def period_words(period: timedelta) -> str:
    """Say a period of retention in days, or in the words for one."""
    return {1: "a day", 365: "a year"}.get(period.days, f"{period.days} days")


def _table(name: str, words: Mapping[str, Any], fields: list[str], rule: Rule | None) -> str:
    told: Mapping[str, list[str]] = words["fields"]
    if silent := [field for field in fields if not all(told.get(field, [""])[:1])]:
        raise WordsError(f"Nothing is said about {name}.{silent[0]}.")
    if gone := [field for field in told if field not in fields]:
        raise WordsError(f"There is no field {name}.{gone[0]} any more.")
    rows = [f"| `{field}` | {told[field][0]} | {told[field][1]} |".replace("|  |", "| |") for field in fields]
    table = "\n".join(["| field | what it is | why |", "|---|---|---|", *rows])
    parts = [f"## {name} — {words['is']}", _with_period(name, words.get("text", ""), rule), table]
    parts.append(_filled(words.get("after", "")))
    return "\n\n".join(part.strip() for part in parts if part.strip())


def _with_period(name: str, text: str, rule: Rule | None) -> str:
    """Put the period of the rule into the words, and insist that there is a place for it."""
    has_period = rule is not None and bool(rule.kept)
    if has_period != (_KEPT in text):
        raise WordsError(f"{name}: write {_KEPT} where its period stands, if a rule gives it one.")
    if rule is None and name not in KEPT_WHILE_USED | ALEMBIC.keys():
        raise WordsError(f"{name}: no rule says how long it is kept.")
    period = period_words(rule.kept) if rule is not None and rule.kept else ""
    return _filled(text.replace(_KEPT, period))


def _filled(text: str) -> str:
    """Put the settings' default values into the words, and break their lines; tables and lists stay as they are."""
    filled = _SETTING.sub(lambda match: _setting_words(match[1]), text).strip()
    return "\n\n".join(
        paragraph if paragraph.startswith(_AS_IT_IS) else _LINES.fill(paragraph)
        for paragraph in filled.split("\n\n")
    )


def _setting_words(variable: str) -> str:
    name = variable.removeprefix("CHAT_").lower()
    field = Settings.__dataclass_fields__.get(name)
    if field is None:
        raise WordsError(f"There is no setting {variable} any more.")
    default = field.default
    if not isinstance(default, int | float) or not name.endswith("_s"):
        return str(default)
    unit, seconds = next((unit, length) for unit, length in _UNITS if default % length == 0 or length == 1)
    count = default / seconds
    return f"{count:g} {unit}{'' if count == 1 else 's'}"


def main() -> int:
    """Write the page; 1 with a line about what is not described."""
    try:
        written = page(tomllib.loads(WORDS.read_text(encoding="utf-8")), tables())
    except WordsError as error:
        print(error, file=sys.stderr)
        return 1
    PAGE.write_text(written, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
