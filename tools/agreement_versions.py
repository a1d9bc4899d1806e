"""Keeps content/agreements/versions.toml: which wording of each text belongs to which version.

    python -m tools.agreement_versions                  note the texts as they are now, where their Version is new
    python -m tools.agreement_versions --same-version   also where it is not: a slip of the pen, that nobody signs anew

Nobody must find herself to have signed another text than she read, so the content check compares the texts with this
file (tools/content_check/agreements.py). The service does not read it.
"""

import argparse
import hashlib
import sys
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, cast

from chatservice.agreements import FOLDER, Agreement, Wording, load_agreements
from chatservice.organisation import OrganisationError

FILE: Final = "versions.toml"
_HEAD: Final = """\
# Vilken ordalydelse som hör till vilken version av texterna här bredvid. Innehållskontrollen jämför, så att ingen
# plötsligt har skrivit under något annat än hon läste. Skrivs av: python -m tools.agreement_versions
"""


def imprint(wording: Wording) -> str:
    """Return what tells one wording from another: of the title and the text, however its lines end."""
    lines = (line.rstrip() for line in f"{wording.title}\n\n{wording.body.strip()}".splitlines())
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def section_of(agreement: Agreement) -> str:
    """Write what the file says of a text."""
    imprints = "".join(f'{language} = "{imprint(wording)}"\n' for language, wording in agreement.wordings)
    return f'[{agreement.name}]\nversion = "{agreement.version}"\n{imprints}'


def noted_versions(content_dir: Path) -> Mapping[str, Mapping[str, str]]:
    """Read the file; an absent or broken one says nothing."""
    try:
        read = tomllib.loads((content_dir / FOLDER / FILE).read_text(encoding="utf-8"))
    except (FileNotFoundError, tomllib.TOMLDecodeError, UnicodeDecodeError):
        return {}
    return {name: cast("dict[str, str]", noted) for name, noted in read.items() if isinstance(noted, dict)}


def changed_under_their_version(
    agreements: Iterable[Agreement], noted: Mapping[str, Mapping[str, str]]
) -> tuple[Agreement, ...]:
    """Return the texts that have other words than were noted for the very same version."""
    return tuple(
        each
        for each in agreements
        if noted.get(each.name, {}).get("version") == each.version
        and any(noted[each.name].get(language, "") != imprint(words) for language, words in each.wordings)
    )


def main(arguments: list[str], content_dir: Path = Path("content")) -> int:
    """Write the file anew; refuse while a text has changed under its version."""
    parser = argparse.ArgumentParser(prog="python -m tools.agreement_versions", description=__doc__)
    parser.add_argument("--same-version", action="store_true")
    options = parser.parse_args(arguments)
    try:
        agreements = load_agreements(content_dir)
    except OrganisationError as error:
        print(error)
        return 1
    changed = changed_under_their_version(agreements, noted_versions(content_dir))
    if changed and not options.same_version:
        for each in changed:
            print(
                f"{each.name}: texten är ändrad, men Version är fortfarande {each.version}. Ge den en ny Version, så "
                "läser och skriver alla under på nytt. Är det bara ett skrivfel som är rättat: --same-version."
            )
        return 1
    text = _HEAD + "".join(f"\n{section_of(each)}" for each in agreements)
    (content_dir / FOLDER / FILE).write_text(text, encoding="utf-8")
    print(f"{content_dir.name}/{FOLDER}/{FILE} är skriven.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
