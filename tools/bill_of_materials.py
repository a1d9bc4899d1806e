"""docs/sbom.cdx.json, everything of other people's that runs here: `python -m tools.bill_of_materials`.

CycloneDX 1.6, written from requirements.lock (with the hashes that pip insists on), the VENDOR.toml of the theme, the
font, and the servers that an operator installs from the system's packages. Deterministic, without dates or serial
number: a test compares the file with what this writes, so that a change of a lock file is never forgotten here.
"""

import base64
import hashlib
import json
import re
import sys
import tomllib
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

ROOT: Final = Path(__file__).resolve().parent.parent
BILL: Final = ROOT / "docs/sbom.cdx.json"
_VENDOR: Final = "theme/static/vendor/VENDOR.toml"
_FONT: Final = "theme/static/fonts/atkinson-hyperlegible-next.woff2"
_LOCKED: Final = re.compile(
    r"^(?P<name>[A-Za-z0-9._-]+)(?:\[[^\]]*\])?==(?P<version>[^\s;\\]+)(?:\s*;\s*(?P<only>[^\\]+))?"
)
_HASH: Final = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_ENGINES: Final = (
    ("valkey", "What several processes share, in memory; Redis 7 or newer does as well."),
    ("postgresql", "The records of processes on several machines, 13 or newer."),
    ("nginx", "The web server in front."),
    ("caddy", "The web server in front, instead of nginx."),
)
"""Servers that an operator may choose. The system's package manager keeps their versions."""


class LockError(Exception):
    """A line of the lock file cannot be read, or a package has no hash."""


def bill(root: Path = ROOT) -> dict[str, Any]:
    """Return the whole bill. Raises `LockError`."""
    components = [
        *locked_components((root / "requirements.lock").read_text(encoding="utf-8")),
        *_vendored_components(tomllib.loads((root / _VENDOR).read_text(encoding="utf-8"))),
        _font_component((root / _FONT).read_bytes()),
        *(_engine_component(name, what) for name, what in _ENGINES),
    ]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {"type": "application", "bom-ref": "chat-and-site", "name": "chat-and-site"}
        },
        "components": components,
    }


def locked_components(lock: str) -> list[dict[str, Any]]:
    """Return the Python packages of a lock file, each with the hashes of the files that may be installed."""
    components: list[dict[str, Any]] = []
    for entry in lock.replace("\\\n", " ").splitlines():
        if not entry.strip() or entry.lstrip().startswith("#"):
            continue
        found, hashes = _LOCKED.match(entry), sorted(_HASH.findall(entry))
        if found is None or not hashes:
            raise LockError(f"requirements.lock: {entry.split(' ')[0]} has no version or no hash.")
        name, version, only = (
            found["name"],
            found["version"],
            (found["only"] or "").split("--hash")[0].strip(),
        )
        url = f"https://pypi.org/project/{name}/{version}/"
        component = _component(
            name, version, f"pkg:pypi/{name.lower().replace('_', '-')}@{version}", url, hashes
        )
        if only:
            component["properties"] = [{"name": "marker", "value": only}]
        components.append(component)
    return components


def _vendored_components(vendor: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the browser code of others, with the packages it was made from inside it; not the tool that made it."""
    components: list[dict[str, Any]] = []
    for file in vendor["file"]:
        component = _component(
            file["name"],
            file["version"],
            _npm(file["name"], file["version"]),
            file["source"],
            [file["sha256"]],
        )
        component["licenses"] = [{"license": {"id": file["licence"]}}]
        component["components"] = [
            {
                "type": "library",
                "bom-ref": f"{_npm(package['name'], package['version'])}#source",
                "name": package["name"],
                "version": package["version"],
                "purl": _npm(package["name"], package["version"]),
                "hashes": [{"alg": "SHA-512", "content": _hex_of(package["integrity"])}],
            }
            for package in file["packages"]
            if package["name"] != "esbuild"
        ]
        components.append(component)
    return components


def _component(name: str, version: str, purl: str, url: str, sha256: list[str]) -> dict[str, Any]:
    return {
        "type": "library",
        "bom-ref": purl,
        "name": name,
        "version": version,
        "purl": purl,
        "externalReferences": [
            {
                "type": "distribution",
                "url": url,
                "hashes": [{"alg": "SHA-256", "content": content} for content in sha256],
            }
        ],
    }


def _font_component(content: bytes) -> dict[str, Any]:
    return {
        "type": "file",
        "bom-ref": "atkinson-hyperlegible-next",
        "name": "Atkinson Hyperlegible Next (subset)",
        "licenses": [{"license": {"id": "OFL-1.1"}}],
        "hashes": [{"alg": "SHA-256", "content": hashlib.sha256(content).hexdigest()}],
    }


def _engine_component(name: str, what: str) -> dict[str, Any]:
    return {
        "type": "application",
        "bom-ref": name,
        "name": name,
        "description": what,
        "scope": "optional",
        "properties": [{"name": "installed-by", "value": "the system's package manager"}],
    }


def _npm(name: str, version: str) -> str:
    return f"pkg:npm/{quote(name, safe='/')}@{version}"


def _hex_of(integrity: str) -> str:
    """Return the SHA-512 that npm writes in base64 as hexadecimal."""
    return base64.b64decode(integrity.removeprefix("sha512-")).hex()


def text() -> str:
    """Return the bill as it stands in the file."""
    return json.dumps(bill(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    BILL.write_text(text(), encoding="utf-8")
    sys.exit(0)
