"""Quotes and dashes: left alone where they are code, and set in text as the language does."""

import re

import pytest
from markdown import Markdown

from tools.typography import Typography, TypographyExtension, written_as


def set_text(text: str, language: str = "sv") -> str:
    parser = Markdown(extensions=["extra", TypographyExtension()])
    typography = parser.treeprocessors["typography"]
    assert isinstance(typography, Typography)
    typography.language = language
    return parser.convert(text)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ('`"a"--b`', '<p><code>"a"--b</code></p>'),
        ('    "a"...', '<pre><code>"a"...\n</code></pre>'),
        ("[a](/x--y/)", '<p><a href="/x--y/">a</a></p>'),
        ('<kbd title="x">a</kbd>', '<p><kbd title="x">a</kbd></p>'),
        ("----", "<hr />"),
        ("a ---- b", "<p>a ---- b</p>"),
    ],
)
def test_code_addresses_and_markup_are_left_alone(text: str, html: str):
    assert set_text(text) == html


@pytest.mark.parametrize(
    ("text", "swedish", "english"),
    [
        ('"Hej" sa *"du"*.', "”Hej” sa <em>”du”</em>.", "“Hej” sa <em>“du”</em>."),
        ("it's ('x')", "it’s (’x’)", "it’s (‘x’)"),  # noqa: RUF001
        ('*a*"b" c', "<em>a</em>”b” c", "<em>a</em>”b” c"),
        ("a -- b --- c ...", "a – b — c …", "a – b — c …"),
    ],
)
def test_text_is_set_as_the_language_does(text: str, swedish: str, english: str):
    assert set_text(text) == f"<p>{swedish}</p>"
    assert set_text(text, "en") == f"<p>{english}</p>"


@pytest.mark.parametrize("written", ['"Hej" -- it\'s ...', "”Hej” – it’s …", "“Hej” -- it’s …"])
def test_a_finished_text_is_found_where_it_was_written(written: str):
    assert re.fullmatch(written_as("”Hej” – it’s …"), written)
    assert not re.fullmatch(written_as("”Hej” – it’s …"), written.replace("Hej", "Nej"))
