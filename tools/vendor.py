"""Remake and check the third-party browser code that is kept in this repository.

Each folder of such code has a VENDOR.toml: what every file is, under which licence, its hash, and how it was made.
``check`` needs nothing but the files; ``make`` fetches the exact packages named there with npm, refuses any other
bytes than those recorded, and writes the file and its licence anew. Knows nothing of what the code does.

Run ``python tools/vendor.py --check`` or ``python tools/vendor.py --make hpke.js``.
"""

import argparse
import hashlib
import json
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = (ROOT / "theme/static/vendor", ROOT / "tests/fixtures/axe")
NPM_TIMEOUT_S = 300


class VendorError(Exception):
    """A vendored file is not what its VENDOR.toml says; the text is for the person who ran the tool."""


@dataclass(frozen=True)
class Package:
    """One npm package that goes into a file, with the hash that the registry gave when it was chosen."""

    name: str
    version: str
    integrity: str


@dataclass(frozen=True)
class VendoredFile:
    """One file of other people's code, as its VENDOR.toml describes it."""

    path: Path
    sha256: str
    licence_path: Path
    licence_from: str
    banner: str
    entry: str
    copied_from: str
    packages: tuple[Package, ...]


def read_folder(folder: Path) -> tuple[VendoredFile, ...]:
    """Read a folder's VENDOR.toml."""
    described = tomllib.loads((folder / "VENDOR.toml").read_text(encoding="utf-8"))
    return tuple(
        VendoredFile(
            path=folder / entry["path"],
            sha256=entry["sha256"],
            licence_path=folder / entry["licence_file"],
            licence_from=entry["licence_from"],
            banner=entry.get("banner", ""),
            entry=entry.get("entry", ""),
            copied_from=entry.get("copied_from", ""),
            packages=tuple(Package(**package) for package in entry["packages"]),
        )
        for entry in described["file"]
    )


def problems_in(folder: Path) -> list[str]:
    """List every difference between a folder and its VENDOR.toml; empty when it is as described."""
    files = read_folder(folder)
    problems: list[str] = []
    for file in files:
        if not file.path.is_file():
            problems.append(f"{file.path} is missing")
        elif hash_of(file.path.read_bytes()) != file.sha256:
            problems.append(f"{file.path} is not the file that VENDOR.toml describes")
        if not file.licence_path.is_file():
            problems.append(f"{file.licence_path} is missing: no code without its licence")
    described = {"VENDOR.toml"} | {path.name for file in files for path in (file.path, file.licence_path)}
    problems += [
        f"{path} is not described" for path in sorted(folder.iterdir()) if path.name not in described
    ]
    return problems


def hash_of(content: bytes) -> str:
    """Give the SHA-256 of a file's bytes in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def make(file: VendoredFile) -> str:
    """Write a vendored file and its licence from the registry's packages; give the new hash."""
    with tempfile.TemporaryDirectory(prefix="vendor-") as name:
        workplace = Path(name)
        install(file.packages, workplace)
        modules = workplace / "node_modules"
        made = bundle(file, workplace) if file.entry else (modules / file.copied_from).read_bytes()
        file.path.write_bytes(made)
        file.licence_path.write_bytes((modules / file.licence_from).read_bytes())
    return hash_of(made)


def install(packages: Sequence[Package], workplace: Path) -> None:
    """Install exactly these packages without running their scripts; refuse other bytes than recorded."""
    wanted = {package.name: package.version for package in packages}
    (workplace / "package.json").write_text(json.dumps({"private": True, "dependencies": wanted}))
    run(["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund"], workplace)
    locked = json.loads((workplace / "package-lock.json").read_text())["packages"]
    for package in packages:
        if locked[f"node_modules/{package.name}"]["integrity"] != package.integrity:
            raise VendorError(
                f"{package.name} {package.version} is not the package that VENDOR.toml recorded"
            )


def bundle(file: VendoredFile, workplace: Path) -> bytes:
    """Make one readable module of what the entry exports."""
    (workplace / "entry.js").write_text(file.entry)
    command = [
        "node_modules/.bin/esbuild",
        "entry.js",
        "--bundle",
        "--format=esm",
        "--target=es2022",
        "--charset=utf8",
    ]
    run([*command, "--outfile=made.js"], workplace)
    return f"{file.banner}\n{(workplace / 'made.js').read_text()}".encode()


def run(command: Sequence[str], folder: Path) -> None:
    """Run a command quietly; its own words are shown when it fails."""
    ended = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=NPM_TIMEOUT_S, check=False
    )
    if ended.returncode != 0:
        raise VendorError(f"{command[0]} failed:\n{ended.stderr}")


def main(arguments: Sequence[str]) -> int:
    """Check every vendored file, or make one anew."""
    parser = argparse.ArgumentParser(description="Third-party browser code: check it, or make a file anew.")
    chosen = parser.add_mutually_exclusive_group(required=True)
    chosen.add_argument("--check", action="store_true", help="compare every file with its VENDOR.toml")
    chosen.add_argument(
        "--make", metavar="FILE", help="make this file anew with npm and esbuild, and give its hash"
    )
    given = parser.parse_args(arguments)
    try:
        return check() if given.check else remake(given.make)
    except VendorError as error:
        print(error, file=sys.stderr)
        return 1


def check() -> int:
    """Print every problem of every folder."""
    problems = [problem for folder in FOLDERS for problem in problems_in(folder)]
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


def remake(name: str) -> int:
    """Make a file anew and say whether it is still the same."""
    known = {file.path.name: file for folder in FOLDERS for file in read_folder(folder)}
    if name not in known:
        raise VendorError(f"{name} is described in no VENDOR.toml")
    made = make(known[name])
    same = made == known[name].sha256
    print(f"{name}: sha256 {made}, {'as recorded' if same else 'NOT as recorded: read it, then record it'}")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
