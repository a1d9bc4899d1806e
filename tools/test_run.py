"""One run of every check and test, with a summary a person can read: `python3 tasks.py test`.

Knows which programs check what, and how to count their results. Knows nothing of the tests themselves. A part that
cannot run is said loudly at the end; under CI=true it is a failure.
"""

import hashlib
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from tools import browsers, engines
from tools.environment import python_of, stop
from tools.test_counts import Counts, of_junit, of_tap

STEP_TIMEOUT_S = 5400
PARTS = ("checks", "js", "python", "browser")
COMPLETE = ("chatservice/domain/*", "chatservice/usecases/*", "chatservice/web/frames*")


@dataclass
class Summary:
    """What a run has found so far."""

    lines: list[str] = field(default_factory=list[str])
    missing: list[str] = field(default_factory=list[str])
    counts: Counts = field(default_factory=Counts)
    failed_steps: int = 0


@dataclass(frozen=True)
class Workbench:
    """Where a run takes place: the project, its interpreter, a folder for results, and the environment."""

    root: Path
    results: Path
    environ: Mapping[str, str]

    @property
    def python(self) -> str:
        """Return the path of the environment's interpreter."""
        return str(python_of(self.root / ".venv"))

    def program(self, name: str) -> str:
        """Return the path of a program that the development lock brought."""
        return str(python_of(self.root / ".venv").with_name(name))

    def call(self, *command: str, output: Path | None = None) -> int:
        """Run a command in the project; return its status. Its output is shown, or kept in a file."""
        if output is None:
            return self._run(command, None)
        with output.open("wb") as file:
            return self._run(command, file.fileno())

    def _run(self, command: tuple[str, ...], stdout: int | None) -> int:
        try:
            return subprocess.run(
                command,
                cwd=self.root,
                env=self.environ,
                check=False,
                timeout=STEP_TIMEOUT_S,
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=None if stdout is None else subprocess.STDOUT,
            ).returncode
        except subprocess.TimeoutExpired:
            return 124
        except OSError as error:
            print(f"{command[0]}: {error.strerror}", flush=True)
            return 127


def run(root: Path, *, only: str = "", matching: str = "") -> int:
    """Run the chosen parts (all by default) and print the summary. Return 0 when all is well, else 1."""
    parts = tuple(part.strip() for part in only.split(",") if part.strip()) or PARTS
    for part in parts:
        if part not in PARTS:
            stop(f"--only {part} finns inte: välj bland {', '.join(PARTS)}.")
    if matching and not only:
        parts = ("python", "browser")
    summary = Summary()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="test-") as results:
        workbench = Workbench(root, Path(results), _environ(parts, summary))
        if "checks" in parts:
            _check_python(workbench, summary)
        if "checks" in parts or "js" in parts:
            _check_javascript(workbench, summary, parts)
        with ThreadPoolExecutor(max_workers=1) as beside:
            # Those in a browser wait for pages half of the time, and share the machine well with all the others.
            browsing = beside.submit(_browse, workbench, matching) if "browser" in parts else None
            if "python" in parts:
                _test_python(workbench, summary, matching, measured=not matching)
            if browsing is not None:
                _step(
                    summary, "pytest: i webbläsare", lambda: _browsed(workbench, summary, browsing.result())
                )
    return _close(summary, time.monotonic() - began)


def reformat(root: Path) -> int:
    """Format Python, JavaScript and CSS in place. Return 0, or 1 when a formatter could not run."""
    workbench = Workbench(root, root, os.environ)
    statuses = [
        workbench.call(workbench.program("ruff"), "check", "--fix", "--select", "I", "--quiet", "."),
        workbench.call(workbench.program("ruff"), "format", "--quiet", "."),
    ]
    node = browsers.node(Path(workbench.python))
    if node and _install_npm(workbench) == "":
        statuses.append(
            workbench.call(node, "node_modules/@biomejs/biome/bin/biome", "format", "--write", ".")
        )
    return int(any(statuses))


def _environ(parts: tuple[str, ...], summary: Summary) -> dict[str, str]:
    """Return the environment of the steps: where browsers and servers are, and no service settings of the caller's."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("CHAT_")}
    environ["PYTHONUNBUFFERED"] = "1"
    if "python" in parts:
        found, missing = engines.make_ready()
        environ |= found
        summary.missing += missing
    if "browser" not in parts:
        return environ
    for name, find, install in (
        ("CHROMIUM", browsers.chromium, browsers.install_chromium),
        ("FIREFOX", browsers.firefox, browsers.install_firefox),
    ):
        path = find()
        remedy = "" if path else install()
        if remedy:
            summary.missing.append(f"Proven i webbläsare: {remedy}")
        else:
            environ[name] = path or find() or ""
    return environ


def _step(summary: Summary, name: str, action: Callable[[], int]) -> None:
    """Run one step, say how long it took, and remember how it went."""
    print(f"\n── {name} ──", flush=True)
    began = time.monotonic()
    status = action()
    verdict = "ok" if status == 0 else "FEL"
    summary.failed_steps += status != 0
    summary.lines.append(f"{verdict:4} {time.monotonic() - began:6.1f} s  {name}")
    print(summary.lines[-1], flush=True)


def _check_python(workbench: Workbench, summary: Summary) -> None:
    templates = [
        folder
        for folder in ("theme/templates", "chatservice/templates")
        if (workbench.root / folder).is_dir()
    ]
    commands = {
        "ruff: regler": ("ruff", "check", "--quiet", "."),
        "ruff: form": ("ruff", "format", "--check", "--quiet", "."),
        "basedpyright: typer": ("basedpyright",),
        "import-linter: vem som får importera vem": ("lint-imports", "--no-cache"),
        "djlint: mallar": ("djlint", "--quiet", "--lint", *templates),
        "codespell: stavning": ("codespell",),
    }
    for name, (program, *arguments) in commands.items():
        _step(summary, name, lambda p=program, a=arguments: workbench.call(workbench.program(p), *a))


def _check_javascript(workbench: Workbench, summary: Summary, parts: tuple[str, ...]) -> None:
    node = browsers.node(Path(workbench.python))
    if node is None:
        summary.missing.append(
            "Proven av JavaScript: installera Node 20 eller nyare (sudo apt install nodejs npm)"
        )
        return
    if "checks" in parts:
        remedy = _install_npm(workbench)
        if remedy:
            summary.missing.append(f"Biome och tsc: {remedy}")
        else:
            biome = "node_modules/@biomejs/biome/bin/biome"
            tsc = "node_modules/typescript/bin/tsc"
            _step(summary, "biome: JavaScript och CSS", lambda: workbench.call(node, biome, "ci", "."))
            _step(summary, "tsc: typer i JavaScript", lambda: workbench.call(node, tsc, "--noEmit"))
    if "js" in parts:
        _step(
            summary, "node --test: webbläsarens moduler", lambda: _test_javascript(workbench, summary, node)
        )


def _install_npm(workbench: Workbench) -> str:
    """Install what package-lock.json says, unless it is there. Return an empty string, or what a person must do."""
    wanted = hashlib.sha256((workbench.root / "package-lock.json").read_bytes()).hexdigest()
    stamp = workbench.root / "node_modules/.stamp"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return ""
    npm = browsers.npm(Path(workbench.python))
    if npm is None:
        return "npm saknas (sudo apt install npm)"
    print("Installerar utvecklingsverktyg med npm …", flush=True)
    log = workbench.results / "npm.log"
    if workbench.call(*npm, "ci", "--no-fund", "--no-audit", "--loglevel=error", output=log) != 0:
        print(log.read_text(encoding="utf-8", errors="replace")[-2000:], flush=True)
        return "npm ci misslyckades (se ovan): kontrollera nätet och kör igen"
    stamp.write_text(wanted, encoding="utf-8")
    return ""


def _test_javascript(workbench: Workbench, summary: Summary, node: str) -> int:
    files = sorted(
        str(path.relative_to(workbench.root)) for path in (workbench.root / "tests/js").rglob("*.test.js")
    )
    files += sorted(
        str(path.relative_to(workbench.root)) for path in (workbench.root / "tests/js").rglob("*.test.mjs")
    )
    tap = workbench.results / "node.tap"
    status = workbench.call(
        node, "--test", "--test-reporter=spec", "--test-reporter-destination=stdout",
        "--test-reporter=tap", f"--test-reporter-destination={tap}", *files,
    )  # fmt: skip
    counts = of_tap(tap)
    summary.counts += counts
    return status or int(counts.passed == 0)


def _pytest(workbench: Workbench, summary: Summary, options: tuple[str, ...], prefix: tuple[str, ...]) -> int:
    report = workbench.results / "python.xml"
    status = workbench.call(*prefix, "-m", "pytest", f"--junitxml={report}", *options)
    summary.counts += of_junit(report)
    return _unless_none_matched(status, options)


def _unless_none_matched(status: int, options: tuple[str, ...]) -> int:
    """Status 5 means that no test matched, which is only wrong when nothing was asked for."""
    return 0 if status == 5 and "-k" in options else status


def _chosen(marker: str, matching: str) -> tuple[str, ...]:
    return ("-m", marker, *(("-k", matching) if matching else ()))


def _test_python(workbench: Workbench, summary: Summary, matching: str, *, measured: bool) -> None:
    data = f"--data-file={workbench.results / 'coverage'}"
    prefix = (workbench.program("coverage"), "run", data) if measured else (workbench.python,)
    options = _chosen("not browser", matching)
    _step(
        summary,
        "pytest: allt utom webbläsare",
        lambda: _pytest(workbench, summary, options, prefix),
    )
    if measured:
        only = f"--include={','.join(COMPLETE)}"
        report = (workbench.program("coverage"), "report", data)
        _step(
            summary,
            "täckning: domain, usecases och web/frames är hel",
            lambda: workbench.call(*report, only, "--fail-under=100"),
        )
        _step(summary, "täckning: helheten", lambda: workbench.call(*report, "--format=total"))


def _browse(workbench: Workbench, matching: str) -> int:
    """Run the tests in browsers beside everything else; what they print is kept until their turn comes."""
    options = _chosen("browser", matching)
    report, log = workbench.results / "browser.xml", workbench.results / "browser.log"
    status = workbench.call(workbench.python, "-m", "pytest", f"--junitxml={report}", *options, output=log)
    return _unless_none_matched(status, options)


def _browsed(workbench: Workbench, summary: Summary, status: int) -> int:
    """Show what the tests in browsers printed, and count them."""
    print((workbench.results / "browser.log").read_text(encoding="utf-8", errors="replace"), flush=True)
    summary.counts += of_junit(workbench.results / "browser.xml")
    return status


def _close(summary: Summary, seconds: float) -> int:
    """Print the summary, its last line in the form that other programs read. Return the status."""
    strict = os.environ.get("CI", "").lower() in {"1", "true"}
    print("\n══ Sammanfattning ══")
    print("\n".join(summary.lines))
    left_out = [*summary.missing, *summary.counts.skipped]
    if left_out:
        print(f"\n!! HOPPADES ÖVER ({len(left_out)}){', vilket är fel när CI är satt' if strict else ''}:")
        print("\n".join(f"!!   {line}" for line in left_out))
    failed = summary.counts.failed + (len(left_out) if strict else 0)
    if summary.failed_steps:
        print(f"\n{summary.failed_steps} steg gick fel, se FEL ovan.")
    print(f"\nTid: {seconds:.0f} s")
    print(f"{summary.counts.passed} passed, {max(failed, summary.failed_steps)} failed", flush=True)
    return int(bool(failed or summary.failed_steps))
