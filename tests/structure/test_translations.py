"""Every word that a template shows can be translated, and is found by the extraction."""

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted(
    [*(ROOT / "theme/templates").rglob("*.html"), *(ROOT / "chatservice/templates").rglob("*.html")]
)
JINJA = re.compile(r"\{#.*?#\}|\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
WITHIN_A_TAG = re.compile(r"{% block (body_class|main_attributes) %}.*?{% endblock %}", re.DOTALL)
SPOKEN_ATTRIBUTE = re.compile(
    r'\b(?:aria-label|aria-description|alt|title|placeholder|data-[\w-]*text)="([^"]*)"'
)
CATALOGUE = ROOT / "chatservice/translations/en/LC_MESSAGES/messages.po"
VALUES = re.compile(r"%\(\w+\)s|\{\w+\}")
SAME_IN_BOTH = {
    *("Mentor", "mentor", "Veteran", "in", "april", "september", "november", "december"),
    *("Passkey", "Passkeys", "Period", "Version %(version)s"),
    *("%(count)s min", "%(low)s–%(high)s min", "under 1 min", "under %(high)s min"),
}
LETTERS = re.compile(r"[^\W\d_]{2,}")
# Words that are the same in every language.
UNTRANSLATED = {"sv"}


def shown_words(template: str) -> set[str]:
    """Find letters that stand in a template outside every tag, expression and comment, or in a spoken attribute."""
    text = JINJA.sub(" ", WITHIN_A_TAG.sub(" ", template))
    spoken = " ".join(SPOKEN_ATTRIBUTE.findall(text))
    text = re.sub(r"<!--.*?-->|<[^>]*>", " ", text, flags=re.DOTALL)
    return set(LETTERS.findall(re.sub(r"&\w+;", " ", f"{text} {spoken}"))) - UNTRANSLATED


def test_a_word_outside_a_sentence_for_translation_is_noticed():
    assert shown_words('{% if a %}<p class="x">Hej {{ _("du") }}</p>{% endif %}') == {"Hej"}
    assert shown_words('<button aria-label="Stäng">{{ x }}</button>') == {"Stäng"}
    assert shown_words('{# hej #}<p title="{{ _("Hej") }}">{{ _("Hej") }} – 1</p>') == set()


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_word_of_a_template_can_be_translated(path: Path):
    assert shown_words(path.read_text("utf-8")) == set()


def sentences() -> set[str]:
    """Find every Swedish sentence of templates and service, the way `pybabel extract` does."""
    found: set[str] = set()
    for folder, method, pattern in (
        ("chatservice", "python", "**.py"),
        ("chatservice/templates", "jinja2", "**.html"),
        ("theme/templates", "jinja2", "**.html"),
    ):
        keywords = {"_": None, "N_": None}
        messages = extract_from_dir(ROOT / folder, [(pattern, method)], keywords=keywords)
        found |= {str(message[2]) for message in messages}
    return found


def english() -> dict[str, str]:
    """Return the English of each sentence that has one."""
    with CATALOGUE.open("rb") as file:
        return {
            str(message.id): str(message.string) for message in read_po(file, locale="en") if message.string
        }


def test_sentences_of_templates_and_of_the_service_are_extracted():
    assert {"Öppnar i kväll kl. %(time)s", "Är chatten öppen?", "Lämna snabbt"} <= sentences()


def test_every_sentence_has_its_english():
    """If not: write it in the catalogue, then pybabel compile -d chatservice/translations"""
    assert sorted(sentences() - english().keys()) == []


def test_the_english_has_the_same_values_to_fill_in():
    different = {
        swedish: words
        for swedish, words in english().items()
        if set(VALUES.findall(swedish)) != set(VALUES.findall(words))
    }

    assert different == {}


def test_no_english_is_left_in_swedish():
    same = {swedish for swedish, words in english().items() if swedish == words}

    assert same - SAME_IN_BOTH == set()


def test_the_english_catalogue_can_be_compiled(tmp_path: Path):
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file, locale="en")

    with (tmp_path / "messages.mo").open("wb") as file:
        write_mo(file, catalogue)

    assert (tmp_path / "messages.mo").stat().st_size > 0
    assert [message.id for message in catalogue if message.id and message.check()] == []
