"""Plain text that passes by Markdown's search: whatever the text, the page is the one that Markdown makes alone."""

import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown import Markdown
from markdown.inlinepatterns import SimpleTagInlineProcessor
from markdown.util import AtomicString

from tools.plain_text import PlainTextExtension

EXTENSIONS = ("extra", "admonition", "sane_lists", "toc")
PIECES = (
    "ord",
    " ",
    "  \n",
    "\n",
    "\n\n",
    "- ",
    "    ",
    "## ",
    "> ",
    "*",
    "**",
    "_",
    "`",
    "```\n",
    "\\",
    "!",
    "[",
    "](/x/)",
)
MORE = (
    "[^1]",
    "[^1]: not\n",
    "*[HTML]: Språk\n",
    "HTML",
    "<b>",
    "</b>",
    "<a@b.se>",
    "<https://a.se>",
    "&amp;",
    "&",
    "<!--",
    "-->",
)
TABLES = (
    "| a | b |\n|---|---|\n| c | d |\n",
    "{: .klass #ett }",
    "{.klass}",
    "term\n: ord\n",
    "!!! note\n",
    '"',
    "--",
    "https://a.se",
    "ö",
)


def made(text: str, *more: Any) -> str:
    return Markdown(extensions=[*EXTENSIONS, *more], output_format="html").convert(text)


def test_a_pattern_that_is_not_known_lets_nothing_pass():
    parser = Markdown(extensions=[*EXTENSIONS, PlainTextExtension()])
    parser.inlinePatterns.register(SimpleTagInlineProcessor(r"(~)(.*?)~", "s"), "struck", 55)

    assert parser.convert("ett ~två~ tre") == "<p>ett <s>två</s> tre</p>"


def test_what_is_plain_is_not_searched_and_an_ordinary_text_again_afterwards():
    parser = Markdown(extensions=[*EXTENSIONS, PlainTextExtension()])
    marking, unmarking = parser.treeprocessors["mark_plain_text"], parser.treeprocessors["unmark_plain_text"]
    root = ElementTree.fromstring("<div><p>ord<b>x</b> och ord</p><p>*ord*</p></div>")  # noqa: S314 (our own)

    marking.run(root)
    marked = [isinstance(text, AtomicString) for text in (root[0].text, root[0][0].tail, root[1].text)]
    unmarking.run(root)

    assert marked == [True, True, False]
    assert not any(isinstance(text, AtomicString) for text in (root[0].text, root[0][0].tail))


@given(st.lists(st.sampled_from(PIECES + MORE + TABLES), max_size=25).map("".join))
def test_any_text_becomes_what_markdown_alone_makes_of_it(text: str):
    assert made(text, PlainTextExtension()) == made(text)


def test_every_page_of_the_site_becomes_what_markdown_alone_makes_of_it(project: Path):
    for path in sorted((project / "content" / "pages").glob("*.md")):
        text = path.read_text("utf-8")
        assert made(text, PlainTextExtension()) == made(text), path.name


@pytest.mark.parametrize(
    "text", ["*[HTML]: Språk\n\nHTML är", "## Rubrik {: #annan }", "en [^1]\n\n[^1]: not HTML"]
)
def test_what_is_read_after_the_search_finds_ordinary_text(text: str):
    assert made(text, PlainTextExtension()) == made(text) != f"<p>{text}</p>"
