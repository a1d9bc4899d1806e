"""The stylesheets keep the rules that make them safe to change: layers, tokens, contrast, any writing direction."""

import re
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from tools.stylesheet import StylesheetError, joined, joined_for_staff, sources, staff_sources

LAYERS = ("reset", "tokens", "base", "layout", "components", "utilities")
FONT_LIMIT_BYTES = 35_000
MODES = ("light", "dark", "more-contrast", "more-contrast-dark")
AAA, AA, SHAPES = 7.0, 4.5, 3.0
PAIRS = [
    ("ink", "paper", AAA),
    ("ink", "paper-raised", AAA),
    ("ink", "paper-sunken", AAA),
    ("ink-soft", "paper", AAA),
    ("ink-soft", "paper-raised", AAA),
    ("ink-soft", "paper-sunken", AA),
    ("link", "paper", AAA),
    ("link", "paper-raised", AAA),
    ("action-ink", "action", AAA),
    ("action-ink", "action-hover", AAA),
    ("lamp-ink", "paper", AAA),
    ("lamp-ink", "lamp-paper", AA),
    ("ink", "lamp-paper", AAA),
    ("danger", "paper", AA),
    ("danger", "danger-paper", AA),
    ("ink", "danger-paper", AAA),
    ("own-ink", "own", AAA),
    ("other-ink", "other", AAA),
    ("night-ink", "night", AAA),
    ("night-ink-soft", "night", AAA),
    ("lamp", "night", AAA),
    ("line-strong", "paper", SHAPES),
    ("line-strong", "paper-raised", SHAPES),
    ("focus", "paper", SHAPES),
    ("focus", "paper-raised", SHAPES),
    ("night-focus", "night", SHAPES),
]


@pytest.fixture(scope="module")
def css_dir(project: Path) -> Path:
    return project / "theme/static/css"


@pytest.fixture(scope="module")
def sheets(css_dir: Path) -> dict[str, str]:
    """Every stylesheet without its comments, by name."""
    return {
        path.relative_to(css_dir).as_posix(): re.sub(
            r"/\*.*?\*/", "", path.read_text("utf-8"), flags=re.DOTALL
        )
        for path in sorted(css_dir.rglob("*.css"))
    }


@pytest.fixture(scope="module", params=MODES)
def colours(request: pytest.FixtureRequest, sheets: dict[str, str]) -> dict[str, str]:
    """The colour tokens as they are in one mode."""
    text = sheets["tokens.css"]
    blocks = {"light": re.split(r"@media", text)[0]}
    for condition, block in re.findall(r"@media ([^{]+)\{\s*:root \{(.*?)\}\s*\}", text, re.DOTALL):
        blocks[condition.strip()] = block
    dark, more = "(prefers-color-scheme: dark)", "(prefers-contrast: more)"
    order = {
        "light": ["light"],
        "dark": ["light", dark],
        "more-contrast": ["light", more],
        "more-contrast-dark": ["light", dark, more, f"{more} and {dark}"],
    }[str(request.param)]
    found: dict[str, str] = {}
    for name in order:
        found |= dict(re.findall(r"--color-([\w-]+):\s*(#[0-9a-f]{6})", blocks[name]))
    return found


@pytest.mark.parametrize(("front", "back", "least"), PAIRS)
def test_words_and_shapes_stand_out_from_what_is_behind_them(
    colours: dict[str, str], front: str, back: str, least: float
):
    assert _contrast(colours[front], colours[back]) >= least


def test_every_rule_lies_in_a_declared_layer(sheets: dict[str, str]):
    assert sheets.pop("layers.css").split() == f"@layer {', '.join(LAYERS)};".split()
    for name, text in sheets.items():
        assert re.fullmatch(r"\s*(@layer (\w+) \{.*\}\s*)+", text, re.DOTALL), name
        assert set(re.findall(r"@layer (\w+)", text)) <= set(LAYERS), name
        assert text.count("@layer") == len(re.findall(r"^@layer", text, re.MULTILINE)), name


def test_each_component_has_a_file_of_its_own_in_the_components_layer(sheets: dict[str, str]):
    components = {name: text for name, text in sheets.items() if name.startswith("components/")}

    assert components
    assert [name for name, text in components.items() if "@layer components {" not in text] == []


def test_nothing_is_important_and_everything_turns_with_the_text(sheets: dict[str, str]):
    physical = re.compile(
        r"(?:^|[;{])\s*((?:margin|padding|border)-(?:left|right|top|bottom)[\w-]*|left|right|top|bottom|(?:min-|max-)?(?:width|height))\s*:",
        re.MULTILINE,
    )

    assert [name for name, text in sheets.items() if "!important" in text] == []
    assert {name: found[1] for name, text in sheets.items() if (found := physical.search(text))} == {}


def test_colours_and_typefaces_come_from_the_tokens(sheets: dict[str, str]):
    bare = re.compile(
        r"#[0-9a-f]{3,8}\b(?![\w-]*[\"'])|rgb\(|hsl\(|oklch\(|font-family:(?!\s*var\()", re.IGNORECASE
    )
    allowed = {"tokens.css", "fonts.css", "print.css"}

    assert {
        name: found[0]
        for name, text in sheets.items()
        if name not in allowed and (found := bare.search(text))
    } == {}


def test_every_token_that_is_used_exists(sheets: dict[str, str]):
    defined = set(re.findall(r"(--[\w-]+):", "".join(sheets.values())))
    used = {name: set(re.findall(r"var\((--[\w-]+)", text)) - defined for name, text in sheets.items()}

    assert {name: missing for name, missing in used.items() if missing} == {}


def test_the_order_names_every_stylesheet_that_is_no_component(css_dir: Path):
    named = (css_dir / "order.txt").read_text("utf-8").split()

    assert sorted(named) == sorted(path.name for path in css_dir.glob("*.css"))
    assert named[0] == "layers.css"


def test_every_component_lies_in_one_of_the_two_files_and_staffs_own_not_in_the_visitors(css_dir: Path):
    everybodys, staffs = sources(css_dir), staff_sources(css_dir)

    assert staffs
    assert sorted([*everybodys, *staffs]) == sorted(css_dir.rglob("*.css"))
    assert b".sign-in" not in joined(css_dir)
    assert b".sign-in" in joined_for_staff(css_dir)


def test_a_stylesheet_that_does_not_exist_is_refused(tmp_path: Path):
    (tmp_path / "order.txt").write_text("")
    (tmp_path / "staff.txt").write_text("# words\ncomponents/gone.css\n")

    with pytest.raises(StylesheetError, match=r"staff.txt: gone.css finns inte"):
        sources(tmp_path)


def test_the_typeface_is_ours_to_serve_light_and_can_write_swedish(project: Path):
    fonts = project / "theme/static/fonts"
    files = list(fonts.glob("*.woff2"))
    letters = {chr(code) for code in TTFont(files[0]).getBestCmap() or ()}

    assert sum(file.stat().st_size for file in files) <= FONT_LIMIT_BYTES
    assert "SIL Open Font License" in (fonts / "OFL.txt").read_text("utf-8")
    assert set("åäöÅÄÖéÉ”’–—…§0123456789") <= letters


def _contrast(one: str, other: str) -> float:
    """Compute the contrast ratio of two colours (WCAG 2.2, relative luminance)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
