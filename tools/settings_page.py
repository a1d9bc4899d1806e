"""docs/settings.md, written from the settings themselves: `python -m tools.settings_page`.

Knows `chatservice/settings.py` and the shape of the page. A test compares the two, so that neither is forgotten.
"""

import ast
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/settings.md"
SOURCE = ROOT / "chatservice/settings.py"
HEAD = """# Settings

The service reads these from the environment when it starts, and nothing afterwards. `python -m chatservice doctor`
names every CHAT_ variable that means nothing. This page is written from `chatservice/settings.py` by
`python -m tools.settings_page`.

| variable | default | what it decides |
|---|---|---|
"""


def documented_settings(source: str) -> list[tuple[str, str, str]]:
    """Return (variable, default, meaning) for each setting; meaning is empty when nothing is written about it."""
    body = next(
        node.body
        for node in ast.parse(source).body
        if isinstance(node, ast.ClassDef) and node.name == "Settings"
    )
    found: list[tuple[str, str, str]] = []
    for node, after in zip(body, [*body[1:], None], strict=True):
        if not isinstance(node, ast.AnnAssign) or not isinstance(node.target, ast.Name):
            continue
        variable = f"CHAT_{node.target.id.upper()}"
        default = "" if node.value is None else ast.unparse(node.value).replace("PROJECT / ", "").strip("'")
        text = ""
        if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
            text = str(after.value.value).removeprefix(variable).removeprefix(":").strip()
        found.append((variable, default, text))
    return found


def page(source: str) -> str:
    """Return the whole page."""
    rows = [
        f"| `{variable}` | {f'`{default}`' if default else ''} | {' '.join(text.split())} |"
        for variable, default, text in documented_settings(source)
    ]
    return HEAD + "\n".join(rows) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(SOURCE.read_text(encoding="utf-8")), encoding="utf-8")
    sys.exit(0)
