"""The texts that staff sign: that each can be read, and that none changes while its version stays the same."""

from pathlib import Path

from chatservice.agreements import FOLDER, load_agreements
from chatservice.organisation import OrganisationError
from tools.agreement_versions import FILE, changed_under_their_version, imprint, noted_versions, section_of
from tools.content_check.findings import Findings


def check_agreements(content_dir: Path, findings: Findings) -> None:
    """Compare each text with what was noted of its version; say which lines to paste."""
    try:
        agreements = load_agreements(content_dir)
    except OrganisationError as error:
        findings.errors += error.mistakes
        return
    noted, file = noted_versions(content_dir), f"{content_dir.name}/{FOLDER}/{FILE}"
    changed = changed_under_their_version(agreements, noted)
    for each in agreements:
        shown, section = f"{content_dir.name}/{FOLDER}/{each.name}.md", section_of(each).strip()
        if each in changed:
            findings.refuse(
                shown,
                2,
                f"Texten är ändrad, men Version är fortfarande {each.version}.",
                "Ge den en ny Version, så läser och skriver alla under på nytt. Är det bara ett rättat skrivfel: "
                f"skriv det här i {FILE} i stället för det som står där om {each.name}.\n{section}",
            )
        elif noted.get(each.name, {}).get("version") != each.version or any(
            noted[each.name].get(language) != imprint(words) for language, words in each.wordings
        ):
            findings.refuse(
                file,
                1,
                f"Version {each.version} av {each.name} är inte antecknad.",
                f"Kör python -m tools.agreement_versions, eller skriv det här i filen.\n{section}",
            )
