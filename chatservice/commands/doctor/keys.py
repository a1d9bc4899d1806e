"""The organisation's keys, the inbox key, and how strong the lock is that they give: the level of trust."""

from collections.abc import Iterator

from chatservice.commands.doctor.findings import Finding, advice, good, wrong
from chatservice.errors import StartError
from chatservice.inbox_key import public_inbox_key
from chatservice.organisation import load_organisation
from chatservice.organisation_key import OrganisationKey
from chatservice.settings import Settings


def look_at_keys(settings: Settings) -> Iterator[Finding]:
    """Look at what mentors' certificates and letters rest on."""
    try:
        keys = load_organisation(settings.content_dir).keys
    except StartError:
        # Told once, with the content.
        return
    example = settings.example_key_file
    example_pin = OrganisationKey.load(example).pin if example.is_file() else None
    if not settings.is_example and not keys.pinned:
        yield wrong(
            "Ingen organisationsnyckel står i [keys] pinned i organisation.toml: gör en med organisation-key new på en "
            "dator utan nät.",
        )
    elif example_pin is not None and example_pin in keys.pinned:
        yield wrong("Exempelnyckeln står i [keys] pinned i organisation.toml: ta bort den därifrån.")
    elif keys.pinned:
        yield good(f"Sidorna litar på {len(keys.pinned)} organisationsnyckel/nycklar.")
    else:
        yield advice("Exempelnyckeln används: certifikaten visar hur det går till, men bevisar inget.")
    if len(keys.pinned) == 1:
        yield advice("Bara en organisationsnyckel är inlagd: lägg in en reservnyckel också.")
    yield _inbox_key(settings, keys.inbox)
    yield _level(settings, keys.pinned)


def _inbox_key(settings: Settings, published: str) -> Finding:
    try:
        if published and public_inbox_key(settings, published):
            return good("Kontaktformulärets meddelanden låses med samordnarnas inkorgsnyckel.")
    except StartError as error:
        return wrong(str(error))
    if settings.is_example:
        return advice("Kontaktformulärets meddelanden låses med en exempelnyckel.")
    return advice(
        "Kontaktformuläret är inte påslaget: gör en nyckel med inbox-key new och skriv in den i [keys] inbox i "
        "organisation.toml.",
    )


def _level(settings: Settings, pinned: tuple[str, ...]) -> Finding:
    """Tell the level of trust (docs/threat_model.md), and what would give the next one."""
    if not pinned:
        return advice(
            "Nivå 1 till namnet: en exempelnyckel intygar mentorerna. Gör en egen organisationsnyckel för att komma "
            "vidare."
        )
    if settings.site_dir is not None:
        return advice(
            "Nivå 1: samma tjänst visar sidorna och intygar nyckeln. För nivå 2: lägg webbplatsen på en annan dator "
            "med ett annat konto, och sätt CHAT_SITE_DIR tomt."
        )
    return good(
        "Nivå 2, om webbplatsen ligger på en annan dator med ett annat konto. Ligger den på den här är det nivå 1: "
        "det går inte att se härifrån. Skriv den rätta nivån på sidan om integritet."
    )
