"""Reads content/data/certification.toml: what an organisation asks of a mentor, and for how long each thing holds.

Knows what is a mistake there. organisation.py opens the file; what the items mean is in domain/certification_items.py.
"""

from typing import Final

from chatservice.data_files import Section
from chatservice.domain.certification_items import Kind, Requirement

LONGEST_MONTHS: Final = 120


def read_requirements(root: Section) -> tuple[Requirement, ...]:
    """Read a section for each kind of item; one that is not there at all is a mistake."""
    return tuple(_read(root.section(kind.value), kind) for kind in Kind)


def _read(section: Section, kind: Kind) -> Requirement:
    if "required" not in section.values:
        section.refuse(
            "required", f"Raden ”required” saknas under [{kind}].", "Skriv required = true eller false."
        )
    required = section.flag("required")
    months = section.number("valid_months", 1, LONGEST_MONTHS)
    section.close()
    return Requirement(kind, required, months if "valid_months" in section.values else None)
