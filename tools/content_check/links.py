"""Rules for links and files: everything that a page points to within the site exists."""

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from chatservice.data_files import nearest
from tools.content_check.findings import Findings
from tools.content_check.pages import Page

# Pages that the service answers; the site only links to them.
SERVICE_ADDRESSES = frozenset(
    {"/chatt/", "/chatt/lage/", "/chatt/kontroll/", "/kontakt/skriv/", "/mentor/", "/samordnare/"}
)
VAGUE_TEXTS = frozenset(
    {
        "här",
        "klicka här",
        "tryck här",
        "läs mer",
        "läs mer här",
        "mer",
        "länk",
        "länken",
        "denna länk",
        "se här",
    }
    | {"here", "click here", "read more", "more", "link", "this link"}
)
_SCHEMES = ("https:", "http:", "mailto:", "tel:", "sms:")


@dataclass(frozen=True, slots=True)
class Targets:
    """What links may lead to: pages by address with their anchors, files by address, and the frame's own anchors."""

    content_dir: Path
    anchors: dict[str, set[str]]
    pages_by_path: dict[Path, str]
    files: frozenset[str]
    frame_anchors: frozenset[str]


def find_targets(content_dir: Path, pages: list[Page], templates: Path) -> Targets:
    """Collect what exists. Anchors in templates count for every page, since the frame is on every page."""
    reachable = [page for page in pages if page.is_published]
    files: set[str] = set()
    for folder, at_root in (("images", False), ("film", False), ("extra", True)):
        base = content_dir / folder
        for path in base.rglob("*"):
            if path.is_file():
                files.add("/" + path.relative_to(base if at_root else content_dir).as_posix())
    ids = (re.findall(r'\bid="([\w-]+)"', path.read_text("utf-8")) for path in templates.rglob("*.html"))
    return Targets(
        content_dir,
        {page.address: page.rendered.ids for page in reachable},
        {page.path.resolve(): page.address for page in reachable},
        frozenset(files),
        frozenset(anchor for found in ids for anchor in found),
    )


def check_links(page: Page, targets: Targets, findings: Findings) -> None:
    """Check every link of a page."""
    seen: Counter[str] = Counter()
    for link in page.rendered.links:
        if "href" not in link.attributes:
            continue
        href, text = link.attributes["href"], " ".join(link.text.split())
        seen[href] += 1
        refused, advised = _mistakes(page, href, text, targets), _advice(href, text)
        if refused or advised:  # finding the line costs more than all the rest
            line = page.line_of(href, seen[href]) if href else page.line_of(f"[{text}]()")
            for what, remedy in refused:
                findings.refuse(page.name, line, what, remedy)
            for what, remedy in advised:
                findings.advise(page.name, line, what, remedy)


def file_mistake(page: Page, address: str, targets: Targets) -> tuple[str, str] | None:
    """Say what is wrong with the address of an image or another file, and the remedy; None when it exists."""
    path = _file_address(page, address, targets)
    if path in targets.files:
        return None
    by_name = {PurePosixPath(file).name: file for file in targets.files}
    match = nearest(PurePosixPath(path).name, by_name)
    remedy = (
        f"Menade du {by_name[match]}?" if match else "Lägg filen i content/images och skriv /images/namnet."
    )
    return f"filen {address} finns inte.", remedy


def _mistakes(page: Page, href: str, text: str, targets: Targets) -> list[tuple[str, str]]:
    mistake = _link_mistake(page, href, targets)
    mistakes = [mistake] if mistake else []
    if not text:
        mistakes.append((f"Länken till {href} har ingen text.", "Skriv [texten](adressen)."))
    return mistakes


def _advice(href: str, text: str) -> list[tuple[str, str]]:
    advice: list[tuple[str, str]] = []
    if text.lower().strip(" .!»>") in VAGUE_TEXTS:
        what = f"Länktexten ”{text}” säger inte vart den leder."
        advice.append((what, "Skriv det man kommer till, till exempel [Så chattar du](…)."))
    if href.startswith("http:"):
        advice.append((f"Länken {href} är inte skyddad.", "Skriv https: i stället för http:."))
    return advice


def _link_mistake(page: Page, href: str, targets: Targets) -> tuple[str, str] | None:
    if not href:
        return "Länken saknar adress.", "Skriv adressen inom parentesen: [texten](/adressen/)."
    if href.startswith("{"):
        return _pelican_link_mistake(page, href, targets)
    if href.startswith("//"):
        return f"länken {href} saknar https:.", f"Skriv https:{href}."
    if re.match(r"[a-z][a-z0-9+.-]*:", href, re.IGNORECASE):
        if href.lower().startswith(_SCHEMES):
            return None
        return f"länken {href} går inte till en sida.", "Skriv en adress som börjar med / eller https://."
    address, _, anchor = unquote(href).partition("#")
    address = address.partition("?")[0]
    if not address:
        return _anchor_mistake(page.address, anchor, targets)
    if not address.startswith("/"):
        known = nearest(
            f"/{address.removesuffix('.md').removesuffix('.html').strip('./')}/", _addresses(targets)
        )
        remedy = f"Menade du {known}?" if known else "Skriv adressen från början: /adressen/."
        return f"länken {href} finns inte.", remedy
    if address in targets.anchors:
        return _anchor_mistake(address, anchor, targets)
    if address in SERVICE_ADDRESSES or address in targets.files:
        return None
    known = nearest(address, _addresses(targets) | targets.files)
    remedy = f"Menade du {known}?" if known else "Rätta adressen, eller ta bort länken."
    return f"länken {href} finns inte.", remedy


def _pelican_link_mistake(page: Page, href: str, targets: Targets) -> tuple[str, str] | None:
    found = re.match(r"\{(\w+)\}(.*)", href)
    kind, rest = (found[1], unquote(found[2])) if found else ("", "")
    if kind in {"static", "attach"}:
        return file_mistake(page, href, targets)
    if kind != "filename":
        return f"länken {href} finns inte.", "Skriv adressen: /adressen/."
    path, _, anchor = rest.partition("#")
    base = targets.content_dir if path.startswith("/") else page.path.parent
    address = targets.pages_by_path.get((base / path.lstrip("/")).resolve())
    if address is not None:
        return _anchor_mistake(address, anchor, targets)
    names = {known.name for known in targets.pages_by_path}
    match = nearest(PurePosixPath(path).name, names)
    return f"länken {href} finns inte.", f"Menade du {match}?" if match else "Rätta filnamnet."


def _anchor_mistake(address: str, anchor: str, targets: Targets) -> tuple[str, str] | None:
    anchors = targets.anchors.get(address, set()) | targets.frame_anchors
    if not anchor or anchor in anchors:
        return None
    match = nearest(anchor, anchors)
    remedy = f"Menade du #{match}?" if match else "Ta bort det som står från och med #."
    return f"stället #{anchor} finns inte på {address}.", remedy


def _addresses(targets: Targets) -> frozenset[str]:
    return SERVICE_ADDRESSES | targets.anchors.keys()


def _file_address(page: Page, address: str, targets: Targets) -> str:
    """Give the address a file will have from {static}…, /… or a path beside the page."""
    path = unquote(re.sub(r"^\{(static|attach)\}", "", address)).partition("#")[0].partition("?")[0]
    if path.startswith("/"):
        return path
    try:
        beside = (page.path.parent / path).resolve().relative_to(targets.content_dir.resolve())
    except ValueError:
        return path
    return f"/{beside.as_posix()}"
