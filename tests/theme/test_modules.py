"""The browser's modules as they are published: the same code without its comments, and nothing else."""

import subprocess
import sys
from pathlib import Path

import pytest

from tools import browsers
from tools.modules import UnsureError, imported_by, published, without_comments


@pytest.mark.parametrize(
    "source",
    ["const text = `first\n// no comment\n`;\n", "/* a comment\n that ends */ let here;\n"],
)
def test_what_cannot_be_told_for_certain_is_refused(source: str):
    with pytest.raises(UnsureError):
        without_comments(source)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("/**\n * What it is.\n */\nexport {};\n", "export {};\n"),
        ("  // a word\n  /** @type {string} */\n  let a;\n\n\nlet b;\n", "  let a;\nlet b;\n"),
        ("let a = 1; // beside code\n", "let a = 1; // beside code\n"),
        ("let a = /** @type {any} */ (b);\n", "let a = /** @type {any} */ (b);\n"),
        ("/** @type {any} */ (b).c();\n", "/** @type {any} */ (b).c();\n"),
        ("let a = 'https://example.org';\n", "let a = 'https://example.org';\n"),
        ("let a = b\n  / c;\n", "let a = b\n  / c;\n"),
        ("const a = `one line`;\n", "const a = `one line`;\n"),
    ],
)
def test_only_comments_on_lines_of_their_own_go(source: str, expected: str):
    assert without_comments(source) == expected


def test_every_line_that_is_published_is_a_line_of_the_source_in_the_same_order(project: Path):
    for name, module in published(project / "theme/static").items():
        source = iter((project / "theme/static" / name).read_text("utf-8").splitlines())

        assert all(line in source for line in module.decode().splitlines()), name


def test_the_site_holds_the_published_modules_and_the_vendored_ones_untouched(
    built_site: Path, project: Path
):
    static = project / "theme/static"
    for name, module in published(static).items():
        assert (built_site / "theme" / name).read_bytes() == module, name
    for path in (static / "vendor").glob("*.js"):
        assert (built_site / "theme/vendor" / path.name).read_bytes() == path.read_bytes()


def test_every_published_module_can_be_parsed(built_site: Path, tmp_path: Path):
    node = browsers.node(Path(sys.executable))
    if node is None:
        pytest.skip("Node saknas")
    modules = sorted((built_site / "theme/js").rglob("*.js"))
    program = (
        "const {SourceTextModule} = require('node:vm'), {readFileSync} = require('node:fs');"
        "for (const path of process.argv.slice(1)) new SourceTextModule(readFileSync(path, 'utf8'));"
    )

    done = subprocess.run(
        [node, "--experimental-vm-modules", "--no-warnings", "-e", program, *map(str, modules)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert len(modules) > 20
    assert done.stderr == ""
    assert done.returncode == 0


def test_an_entry_needs_what_its_modules_import_and_not_what_they_fetch_later(tmp_path: Path):
    folder = tmp_path / "js" / "entries"
    folder.mkdir(parents=True)
    (folder / "page.js").write_text(
        "import {\n  a,\n} from './a.js';\nimport '../b.js';\nconst c = () => import('./c.js');\n"
        "/** @import { D } from './d.js' */\n// import { e } from './e.js';\n"
    )
    (folder / "a.js").write_text("export { b } from '../b.js';\nexport const text = 'not from';\n")
    (tmp_path / "js" / "b.js").write_text("import { page } from './entries/page.js';\n")

    assert imported_by(tmp_path, "page") == ("js/entries/a.js", "js/b.js")


def test_what_seals_a_conversation_is_fetched_when_somebody_begins_one_and_not_before(project: Path):
    needed = imported_by(project / "theme/static", "visitor")

    assert needed
    assert [name for name in needed if "hpke" in name or name.endswith("/messages.js")] == []
