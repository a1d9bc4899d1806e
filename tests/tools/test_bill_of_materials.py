"""The bill of materials: everything that is locked or vendored stands in it, with its hashes, and nothing by itself."""

import hashlib
import re

import pytest

from tests.structure.project_files import ROOT, text_of
from tools import bill_of_materials
from tools.bill_of_materials import LockError, bill, locked_components

TWO = f"one==1.0 \\\n    --hash=sha256:{'b' * 64} \\\n    --hash=sha256:{'a' * 64}\n"
MARKED = f"Two_Words==2.0 ; sys_platform != 'win32' \\\n    --hash=sha256:{'c' * 64}\n"


@pytest.mark.parametrize(
    "line", ["one==1.0", "one @ https://example.org/one.whl", f"one --hash=sha256:{'a' * 64}"]
)
def test_what_is_not_locked_to_a_version_and_a_hash_is_refused(line):
    with pytest.raises(LockError, match="one"):
        locked_components(line)


def test_a_package_has_its_name_version_hashes_and_marker():
    one, two = locked_components(f"# nothing\n\n{TWO}{MARKED}")

    assert (one["name"], one["version"], one["purl"]) == ("one", "1.0", "pkg:pypi/one@1.0")
    assert [each["content"] for each in one["externalReferences"][0]["hashes"]] == ["a" * 64, "b" * 64]
    assert two["purl"] == "pkg:pypi/two-words@2.0"
    assert two["properties"] == [{"name": "marker", "value": "sys_platform != 'win32'"}]


def test_everything_that_is_locked_or_vendored_stands_in_the_bill_once():
    parts = bill()["components"]

    named = [part["bom-ref"] for part in parts]
    locked = re.findall(r"^([a-zA-Z0-9._-]+)(?:\[.*\])?==", text_of("requirements.lock"), re.MULTILINE)
    assert len(named) == len(set(named))
    assert {part["name"] for part in parts} > {*locked, "@hpke/core", "valkey", "postgresql"}
    (font,) = [part for part in parts if part["type"] == "file"]
    content = (ROOT / "theme/static/fonts/atkinson-hyperlegible-next.woff2").read_bytes()
    assert font["hashes"][0]["content"] == hashlib.sha256(content).hexdigest()


def test_the_bill_is_up_to_date():
    assert text_of("docs/sbom.cdx.json") == bill_of_materials.text(), "Run: python -m tools.bill_of_materials"
