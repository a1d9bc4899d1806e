"""How Mozilla's HTTP Observatory judges the service as in production: `python -m tools.observatory`.

Starts the service in production mode behind a throwaway web server with TLS for "localhost", lets the scanner look at
pages of the site and of the service, prints the table that docs/quality.md shows, and exits with 1 for anything but A+
with every test passed. Nothing leaves the machine, apart from npm fetching the scanner the first time. The scanner's
lists of preloaded hosts and of top-level domains come from elsewhere and stay empty: they could only add credit.
"""

import contextlib
import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Generator
from pathlib import Path
from typing import Any, TypedDict

from chatservice.organisation_key import OrganisationKey
from chatservice.records import migrate
from chatservice.settings import Settings
from tools import browsers
from tools.environment import stop
from tools.observatory.front import Front
from tools.page_quality.run import install
from tools.service_process import ServiceProcess, environ_for
from tools.site_tasks import build_for

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
HOST = "localhost"
PATHS = (
    "/",
    "/chatt/",
    "/en/",
    "/chatt/lage/",
    "/kontakt/skriv/",
    "/mentor/logga-in",
    "/valkommen/",
    "/samordnare/",
)
SCAN_S = 180


class Page(TypedDict):
    """What scan.mjs says of one address."""

    path: str
    status: int
    grade: str
    score: int
    tests: dict[str, dict[str, Any]]


@contextlib.contextmanager
def production(folder: Path, front: Front) -> Generator[None]:
    """Serve the site and the service in production mode behind the front."""
    environ = environ_for(folder / "var") | {
        "CHAT_MODE": "production",
        "CHAT_SITE_DIR": str(folder / "output"),
        "CHAT_CONTENT_DIR": str(_content_with_key(folder)),
        "CHAT_PORT": str(front.service_port),
        "CHAT_PUBLIC_ORIGIN": f"https://{HOST}:{front.https_port}",
        "CHAT_PROXY_HOPS": "1",
        "CHAT_SECRET": secrets.token_urlsafe(48),
    }
    settings = Settings.from_environment(environ)
    build_for(settings)
    migrate(settings)
    address = f"http://127.0.0.1:{front.service_port}"
    with ServiceProcess(environ, log=folder / "service.log", base_url=address):
        yield


def _content_with_key(folder: Path) -> Path:
    """Copy the content and pin a key made for this measurement: production refuses to start without one."""
    content = folder / "content"
    shutil.copytree(ROOT / "content", content)
    file = content / "data/organisation.toml"
    pin = OrganisationKey.create(folder / "key.pem").pin
    file.write_text(re.sub(r"(?m)^pinned = \[.*?\]", f'pinned = ["{pin}"]', file.read_text("utf-8")), "utf-8")
    return content


def prepare_scanner(node: str) -> None:
    """Install the scanner as its lock file says, without running anything of it, and give it empty lists."""
    install(node, HERE)
    conf = HERE / "node_modules/@mdn/mdn-http-observatory/conf"
    (conf / "hsts-preload.json").write_text("{}")
    (conf / "tld-list.json").write_text("[]")


def scan(node: str, front: Front) -> list[Page]:
    """Let the scanner look at every path; return what it says of each."""
    done = subprocess.run(
        [node, "scan.mjs", HOST, str(front.http_port), str(front.https_port), *PATHS],
        cwd=HERE, env=os.environ | {"NODE_EXTRA_CA_CERTS": str(front.authority)},
        capture_output=True, text=True, timeout=SCAN_S, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        stop(f"Granskningen gick inte att göra:\n{done.stderr}")
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def main() -> int:
    """Scan, print the table, return 0 for A+ with every test passed on every page."""
    node = browsers.node(Path(sys.executable))
    if node is None:
        stop("Node 20 behövs (sudo apt install nodejs npm).")
    prepare_scanner(str(node))
    with (
        tempfile.TemporaryDirectory(prefix="observatory-") as name,
        Front(Path(name), HOST) as front,
        production(Path(name), front),
    ):
        found = scan(str(node), front)
    print("| sida | svar | betyg | poäng | godkända prov |\n|---|---|---|---|---|")
    good = [_print_row(page) for page in found]
    return 0 if len(good) == len(PATHS) and all(good) else 1


def _print_row(page: Page) -> bool:
    failed = {name: test["result"] for name, test in page["tests"].items() if not test["pass"]}
    passed = f"{len(page['tests']) - len(failed)} av {len(page['tests'])}"
    print(f"| `{page['path']}` | {page['status']} | {page['grade']} | {page['score']} | {passed} |")
    for name, result in failed.items():
        print(f"  !! {name}: {result}")
    return page["grade"] == "A+" and not failed


if __name__ == "__main__":
    sys.exit(main())
