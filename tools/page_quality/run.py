"""The order of things when pages are measured, the limits they are held to, and the table at the end."""

import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from tools import browsers
from tools.environment import stop
from tools.page_quality import lighthouse, markup, webkit_conversation
from tools.page_quality.service import running_service

CONTENT, CHAT = lighthouse.CATEGORIES, lighthouse.CATEGORIES[:3]
SERVICE_PAGES = ("/chatt/lage/", "/kontakt/skriv/", "/mentor/logga-in", "/finns-inte")
CHATS = ("/chatt/", "/en/chat/")
# Not to be found by searching, on purpose: noindex, or not a page that answers 200.
UNLISTED = (*CHATS, "/404.html", "/lugn/", *SERVICE_PAGES)
PAGE_LIMIT_KB, CHAT_LIMIT_KB = 60, 90
NPM_TIMEOUT_S = 600
TOTAL_LIMIT_S = 1800


def run(root: Path, *, only: str = "", conversation_only: bool = False) -> int:
    """Measure the pages whose address contains `only` (all by default), print the table, return 0 when all is well.

    With `conversation_only` nothing is measured, and the conversation in WebKit is all that is tried.
    """
    began = time.monotonic()
    if conversation_only:
        with (
            tempfile.TemporaryDirectory(prefix="quality-") as name,
            running_service(Path(name)) as served,
        ):
            return _close(webkit_conversation.check(root, served, Path(name)), 0, began)
    node = browsers.node(Path(sys.executable))
    if node is None or browsers.chromium() is None:
        stop("Node 20 och Chromium behövs (sudo apt install nodejs npm chromium).")
    folder = root / "tools/page_quality"
    install(node, root)
    install(node, folder)
    with tempfile.TemporaryDirectory(prefix="quality-") as name, running_service(Path(name)) as served:
        origin, site = served.origin, served.site
        addresses = [_address_of(path, site) for path in sorted(site.rglob("*.html"))] + list(SERVICE_PAGES)
        findings = _check_markup(node, root, folder, _save(origin, addresses, Path(name, "pages")))
        print("| sida | prestanda | tillgänglighet | god sed | sökbarhet | kB | andra värdar |")
        print("|---|---|---|---|---|---|---|", flush=True)
        for address in (address for address in addresses if only in address):
            if time.monotonic() - began > TOTAL_LIMIT_S:
                findings.append(f"{address}: hanns inte med på {TOTAL_LIMIT_S // 60} minuter")
                continue
            # A page that answers 404 is the same as /404.html, which Lighthouse can visit.
            if address != "/finns-inte":
                findings += _measure(node, folder, Path(name), origin, address)
        if only in "/chatt/":
            findings += webkit_conversation.check(root, served, Path(name))
    return _close(findings, len(addresses), began)


def _close(findings: list[str], pages: int, began: float) -> int:
    print("\n".join(["", *findings]) if findings else "\nInga anmärkningar.")
    print(f"{pages} sidor, {len(findings)} anmärkningar, {time.monotonic() - began:.0f} s")
    return int(bool(findings))


def _measure(node: str, folder: Path, results: Path, origin: str, address: str) -> list[str]:
    """Print a page's line of the table; return what is wrong with it."""
    wanted = CHAT if address in UNLISTED else CONTENT
    limit_kb = CHAT_LIMIT_KB if address in CHATS else PAGE_LIMIT_KB
    try:
        seen = lighthouse.visit(node, folder, results, origin + address, wanted)
    except RuntimeError as error:
        return [str(error)]
    scores = " | ".join(str(seen.scores[name]) for name in CONTENT)
    hosts = ", ".join(seen.foreign) or "inga"
    print(f"| `{address}` | {scores} | {seen.weight_b / 1000:.1f} | {hosts} |", flush=True)
    wrong = [f"{address}: {name} {seen.scores[name]}" for name in wanted if seen.scores[name] < 100]
    if seen.weight_b > limit_kb * 1000:
        wrong.append(f"{address}: {seen.weight_b / 1000:.1f} kB av {limit_kb}")
    return wrong + [f"{address}: frågade {host}" for host in seen.foreign]


def _check_markup(node: str, root: Path, folder: Path, pages: Path) -> list[str]:
    said = markup.html_validate(node, root, pages)
    judged = markup.nu_checker(folder, pages)
    if judged is None:
        print("Java saknas: Nu-granskaren hoppades över (sudo apt install default-jre-headless).")
    print(
        f"html-validate: {len(said)} anmärkningar · Nu: {'–' if judged is None else len(judged)}\n",
        flush=True,
    )
    return said + (judged or [])


def _save(origin: str, addresses: list[str], pages: Path) -> Path:
    """Save what the service sends for each address, so that the judges read the same as a browser."""
    pages.mkdir()
    for address in addresses:
        try:
            with urllib.request.urlopen(origin + address, timeout=10) as answer:  # noqa: S310 (our own service)
                text = answer.read()
        except urllib.error.HTTPError as error:  # the page that says that there is none
            text = error.read()
        (pages / f"{address.strip('/').replace('/', '_') or 'start'}.html").write_bytes(text)
    return pages


def _address_of(path: Path, site: Path) -> str:
    return "/" + path.relative_to(site).as_posix().removesuffix("index.html")


def install(node: str, folder: Path) -> None:
    """Install what the folder's lock file says, unless it is there."""
    lock, stamp = folder / "package-lock.json", folder / "node_modules/.package-lock.json"
    if stamp.exists() and stamp.stat().st_mtime >= lock.stat().st_mtime:
        return
    npm = browsers.npm(Path(sys.executable))
    if npm is None:
        stop(f"npm saknas bredvid {node} (sudo apt install npm).")
    print(f"Installerar mätverktyg i {folder.name}/node_modules …", flush=True)
    command = [*npm, "ci", "--ignore-scripts", "--no-fund", "--no-audit", "--loglevel=error"]
    if subprocess.run(command, cwd=folder, timeout=NPM_TIMEOUT_S, check=False).returncode != 0:
        stop("npm ci misslyckades: kontrollera nätet och kör igen.")
