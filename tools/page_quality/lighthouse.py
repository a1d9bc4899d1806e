"""Lighthouse on one page at a time, as a mid-range phone on a slow network: scores, weight, hosts that were asked."""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tools import browsers

PROGRAM = "node_modules/lighthouse/cli/index.js"
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
TIMEOUT_S = 120
TRIES = 3
"""A busy machine makes any page slow: the best of so many runs counts."""


@dataclass(frozen=True, slots=True)
class Visit:
    """What Lighthouse found on a page. `weight_b` is everything that was fetched, headers included."""

    scores: dict[str, int]
    weight_b: int
    foreign: tuple[str, ...]

    def reaches(self, wanted: tuple[str, ...]) -> bool:
        """Say whether each wanted category has 100."""
        return all(self.scores[category] == 100 for category in wanted)


def visit(node: str, folder: Path, results: Path, url: str, wanted: tuple[str, ...]) -> Visit:
    """Visit a page until the wanted categories have 100 or the tries are used up. Raises RuntimeError."""
    visits: list[Visit] = []
    while len(visits) < TRIES and not (visits and visits[-1].reaches(wanted)):
        visits.append(_visit(node, folder, results, url))
    best = {name: max(one.scores[name] for one in visits) for name in CATEGORIES}
    return Visit(best, visits[-1].weight_b, visits[-1].foreign)


def _visit(node: str, folder: Path, results: Path, url: str) -> Visit:
    report = results / "lighthouse.json"
    report.unlink(missing_ok=True)
    command = [
        node, str(folder / PROGRAM), url, "--quiet", "--no-enable-error-reporting", "--output=json",
        f"--output-path={report}", f"--chrome-flags={' '.join(browsers.CHROMIUM_FLAGS)}",
    ]  # fmt: skip
    environ = os.environ | {"CHROME_PATH": browsers.chromium() or ""}
    try:
        subprocess.run(
            command, env=environ, capture_output=True, timeout=TIMEOUT_S, check=False,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
        found: dict[str, Any] = json.loads(report.read_bytes())
    except subprocess.TimeoutExpired as error:
        raise RuntimeError(f"Lighthouse blev inte klar med {url} på {TIMEOUT_S} sekunder.") from error
    except (OSError, ValueError) as error:
        raise RuntimeError(f"Lighthouse kunde inte besöka {url}.") from error
    requests = [str(item["url"]) for item in found["audits"]["network-requests"]["details"]["items"]]
    own = urlsplit(url).netloc
    return Visit(
        {name: round(100 * (found["categories"][name]["score"] or 0)) for name in CATEGORIES},
        int(found["audits"]["total-byte-weight"]["numericValue"]),
        tuple(sorted({urlsplit(address).netloc for address in requests} - {own, ""})),
    )
