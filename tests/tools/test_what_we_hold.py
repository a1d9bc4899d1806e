"""The page about what we hold, written from the tables: nothing held without a word, no word without its thing."""

import copy
import tomllib
from datetime import timedelta

import pytest

from chatservice.domain.retention import RULES, Rule, Since
from tools import what_we_hold
from tools.what_we_hold import WordsError, page, period_words

HELD = {"accounts": ["id"], "letters": ["id", "sealed"], "alembic_version": ["version_num"]}
WORDS = {
    "head": "# What we hold\n",
    "tables": {
        "accounts": {"is": "who may sign in", "text": "Kept.", "fields": {"id": ["a number", "order"]}},
        "letters": {
            "is": "what came in",
            "text": "Kept for {kept}.",
            "after": "After {CHAT_SESSION_IDLE_S}.",
            "fields": {"id": ["a number", ""], "sealed": ["bytes", "to be read"]},
        },
        "alembic_version": {"is": "which version", "fields": {"version_num": ["a number", "order"]}},
    },
    "chapters": [{"title": "Cookies", "text": "None for {CHAT_BLOCK_S}, {CHAT_QUEUE_CAP} at most."}],
}


@pytest.fixture
def words():
    return copy.deepcopy(WORDS)


def test_a_table_or_field_without_a_word_is_refused(words):
    for table, field in (("letters", "sealed"), ("letters", None)):
        less = copy.deepcopy(words)
        if field:
            less["tables"][table]["fields"][field] = ["", "why"]
        else:
            del less["tables"][table]
        with pytest.raises(WordsError, match=f"Nothing is said about .*{field or table}"):
            page(less, HELD)


def test_what_is_not_held_any_more_is_refused(words):
    words["tables"]["letters"]["fields"]["hour"] = ["an hour", "why"]
    with pytest.raises(WordsError, match=r"letters\.hour"):
        page(words, HELD)

    words["tables"]["talks"] = {"is": "talks", "fields": {}}
    with pytest.raises(WordsError, match="talks"):
        page(words, HELD)


def test_a_period_must_have_its_place_and_no_other_text_may_claim_one(words):
    words["tables"]["letters"]["text"] = "Kept for 90 days."
    with pytest.raises(WordsError, match="letters"):
        page(words, HELD)

    words["tables"]["letters"]["text"] = "Kept for {kept}."
    words["tables"]["accounts"]["text"] = "Kept for {kept}."
    with pytest.raises(WordsError, match="accounts"):
        page(words, HELD)


def test_a_table_that_nobody_ever_erases_is_refused(words):
    words["tables"]["letters"]["text"] = "Kept."

    with pytest.raises(WordsError, match="letters: no rule"):
        page(words, HELD, rules=())


def test_a_setting_that_is_gone_is_refused(words):
    words["chapters"][0]["text"] = "{CHAT_NOTHING_S}"

    with pytest.raises(WordsError, match="CHAT_NOTHING_S"):
        page(words, HELD)


def test_tables_chapters_periods_and_settings_stand_in_their_places(words):
    written = page(words, HELD, (Rule("letters", Since.CAME, timedelta(days=1)),))

    assert "## letters — what came in\n\nKept for a day.\n\n| field | what it is | why |" in written
    assert "| `id` | a number | |" in written
    assert "| `sealed` | bytes | to be read |\n\nAfter 20 minutes." in written
    assert written.endswith("## Cookies\n\nNone for 12 hours, 50 at most.\n")
    assert [period_words(timedelta(days=days)) for days in (30, 365)] == ["30 days", "a year"]


def test_the_page_is_what_the_tables_the_rules_and_the_settings_say():
    words = tomllib.loads(what_we_hold.WORDS.read_text(encoding="utf-8"))

    written = page(words, what_we_hold.tables(), RULES)

    assert what_we_hold.PAGE.read_text(encoding="utf-8") == written, "Run: python -m tools.what_we_hold"


def test_the_command_writes_the_page_or_says_what_is_missing(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(what_we_hold, "PAGE", tmp_path / "page.md")
    assert what_we_hold.main() == 0
    assert (tmp_path / "page.md").read_text("utf-8").startswith("# What we hold")

    monkeypatch.setattr(what_we_hold, "tables", lambda: {"secrets": ["id"]})
    assert what_we_hold.main() == 1
    assert "secrets" in capsys.readouterr().err
