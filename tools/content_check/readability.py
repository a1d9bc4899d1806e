"""How hard a text is to read: LIX, the Swedish readability index, given as advice.

LIX is words per sentence plus the share of long words (more than six letters) in hundredths (Björnsson, 1968). Under
30 is very easy, 30-40 easy. A heading or an item of a list counts as a sentence of its own.
"""

import re
from collections.abc import Iterable

from tools.content_check.findings import Findings
from tools.content_check.pages import Page

HIGHEST = 35
HIGHEST_HOW_TO = 30
HIGHEST_EASY_READ = 25
HOW_TO_TEMPLATES = frozenset({"conversation"})
HOW_TO_PAGES = frozenset({"sa-chattar-du", "akut-hjalp"})
FEWEST_WORDS = 60
_LONG_LETTERS = 6
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_SENTENCE_END = re.compile(r"[.!?:]+(?=[\s”\"’)]|$)")


def lix(blocks: Iterable[str]) -> float:
    """Give the LIX of a text in blocks (paragraphs, headings, items); 0 for no words."""
    words = long_words = sentences = 0
    for block in blocks:
        found = _WORD.findall(block)
        if found:
            words += len(found)
            long_words += sum(map(_LONG_LETTERS.__lt__, map(len, found)))
            sentences += max(1, len(_SENTENCE_END.findall(block)))
    return words / sentences + 100 * long_words / words if words else 0.0


def check_readability(page: Page, findings: Findings) -> None:
    """Advise on a text that is harder than it need be, and name its hardest paragraph."""
    blocks = page.rendered.blocks
    if sum(len(block.split()) for block in blocks) < FEWEST_WORDS:
        return
    name = page.file_name
    how_to = name.base in HOW_TO_PAGES or page.value("template") in HOW_TO_TEMPLATES
    highest = HIGHEST_EASY_READ if name.is_easy_read else HIGHEST_HOW_TO if how_to else HIGHEST
    found = lix(blocks)
    if round(found) <= highest:
        return
    hardest = max(
        (block for block in blocks if len(block.split()) >= 12), key=lambda b: lix([b]), default=blocks[0]
    )
    line = page.line_of(" ".join(hardest.split()[:3]))
    what = (
        f"Sidan har LIX {found:.0f}, och svårast är stycket som börjar ”{' '.join(hardest.split()[:4])} …”."
    )
    findings.advise(page.name, line, what, f"Kortare meningar och kortare ord ger LIX under {highest}.")
