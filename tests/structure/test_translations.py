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


def test_sentences_of_templates_and_of_the_service_are_extracted():
    found: set[object] = set()
    for folder, method, pattern in (
        ("chatservice", "python", "**.py"),
        ("chatservice/templates", "jinja2", "**.html"),
        ("theme/templates", "jinja2", "**.html"),
    ):
        keywords = {"_": None, "N_": None}
        found |= {
            message[2] for message in extract_from_dir(ROOT / folder, [(pattern, method)], keywords=keywords)
        }

    assert {"Öppnar i kväll kl. %(time)s", "Är chatten öppen?", "Lämna snabbt"} <= found


def test_the_english_catalogue_can_be_compiled(tmp_path: Path):
    with (ROOT / "chatservice/translations/en/LC_MESSAGES/messages.po").open("rb") as file:
        catalogue = read_po(file, locale="en")

    with (tmp_path / "messages.mo").open("wb") as file:
        write_mo(file, catalogue)

    assert (tmp_path / "messages.mo").stat().st_size > 0
    assert [message.id for message in catalogue if message.id and message.check()] == []
