"""Measures how many files of the site one process hands out, beside Quart's own static folder.

    .venv/bin/python -m bench.static                 three rounds, about a minute and a half
    .venv/bin/python -m bench.static --quick

In turns on the same Hypercorn, with the same settings, on core 0: *ours* is the service with the built site, all its
headers on; *quart* is an app with nothing but a static folder. Asked for on 32 connections that stay open: a page as it
is, its compressed form, "304" to a reader who has it, and a script. The client is one process on core 1; what is
counted is the server's CPU time, so that a slower client changes nothing. Needs a built site (`tasks.py publish`).
"""

import argparse
import json
import os
import selectors
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from quart import Quart

from bench.process import ROOT, MeasuredProcess, cpu_s, free_port, listens, machine_cpu_s, prefer
from bench.service import make_home
from chatservice.server import serve
from chatservice.settings import Settings

SERVER_CORE, CLIENT_CORE = 0, 1
RESULTS = Path(__file__).parent / "results"
CONNECTIONS = 32
WARM_UP_S = 0.5
FLOOR = 2.0
BROWSER = "gzip, deflate, br, zstd"
SCRIPT = "theme/js/entries/visitor.js"


@dataclass(frozen=True)
class Question:
    """What is asked for, and what both systems must answer."""

    name: str
    ours: str
    quarts: str
    accepts: str
    status: int


QUESTIONS = (
    Question("page", "/", "/index.html", "identity", 200),
    Question("compressed page", "/", "/index.html.br", BROWSER, 200),
    Question("304", "/", "/index.html.br", BROWSER, 304),
    Question("script", f"/{SCRIPT}", f"/{SCRIPT}", "identity", 200),
)


def main() -> None:
    """Measure in turns, print the medians and keep every figure in results/static.json."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--site", default=ROOT / "output", type=Path)
    parser.add_argument("--rounds", default=3, type=int)
    parser.add_argument("--seconds", default=3.0, type=float)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--serve", nargs=2, metavar=("PORT", "FOLDER"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve_folder(int(options.serve[0]), Path(options.serve[1]))
        return
    rounds, seconds = (1, 1.0) if options.quick else (options.rounds, options.seconds)
    prefer(os.getpid(), CLIENT_CORE)
    rows: list[dict[str, float | str | int]] = []
    with tempfile.TemporaryDirectory(prefix="bench-static-") as name:
        folder = Path(name)
        make_home(folder / "home", 0)
        for number in range(rounds):
            for system in ("ours", "quart") if number % 2 == 0 else ("quart", "ours"):
                with started(system, folder, options.site.resolve()) as (port, ids):
                    for question in QUESTIONS:
                        row = measure(port, ids, system, question, seconds)
                        rows.append(row | {"round": number})
                        print(
                            system,
                            question.name,
                            f"{row['per_cpu_s']:,.0f} requests per CPU-second",
                            flush=True,
                        )
    print_table(rows)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "static.json").write_text(json.dumps(rows, indent=1))


@contextmanager
def started(system: str, folder: Path, site: Path) -> Generator[tuple[int, list[int]]]:
    """Start a system; give its port and its processes."""
    port = free_port()
    environ = {name: value for name, value in os.environ.items() if not name.startswith("CHAT_")}
    environ |= {"CHAT_DATA_DIR": str(folder / "home"), "CHAT_SITE_DIR": str(site), "CHAT_PORT": str(port)}
    ours = [sys.executable, "-m", "chatservice", "serve"]
    quarts = [sys.executable, "-m", "bench.static", "--serve", str(port), str(site)]
    process = MeasuredProcess(
        ours if system == "ours" else quarts,
        environ=environ,
        log=folder / f"{system}.log",
        core=SERVER_CORE,
        answers=lambda: listens(port),
    )
    process.start()
    try:
        yield port, process.ids()
    finally:
        process.stop()


def serve_folder(port: int, folder: Path) -> None:
    """Serve a folder with Quart alone, on the service's own Hypercorn."""

    async def drain() -> None:
        pass

    app = Quart("static", static_folder=str(folder), static_url_path="")
    serve(Settings(port=port, secret="-" * 32), app, drain=drain)


def measure(
    port: int, ids: list[int], system: str, question: Question, seconds: float
) -> dict[str, float | str | int]:
    """Ask for the same thing over and over; return how often it was answered and what it cost."""
    path = question.ours if system == "ours" else question.quarts
    lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", f"Accept-Encoding: {question.accepts}"]
    if question.status == 304:
        lines.append(f"If-None-Match: {tag_of(port, lines)}")
    request = ("\r\n".join(lines) + "\r\n\r\n").encode()
    ask(port, request, question.status, WARM_UP_S)
    foreign, before, began = machine_cpu_s(), cpu_s(ids), time.monotonic()
    client = time.process_time()
    answered = ask(port, request, question.status, seconds)
    took_s, used_s = time.monotonic() - began, cpu_s(ids) - before
    client_s = time.process_time() - client
    return {
        "system": system, "question": question.name, "answered": answered, "seconds": took_s,
        "server_cpu_s": used_s, "client_cpu_s": client_s,
        "foreign_cpu_s": machine_cpu_s() - foreign - used_s - client_s, "per_cpu_s": answered / used_s,
    }  # fmt: skip


def tag_of(port: int, lines: list[str]) -> str:
    """Return the tag of what would be answered."""
    head = Connection(port, ("\r\n".join(lines) + "\r\n\r\n").encode(), 200).ask_once()
    return next(line[6:] for line in head.split("\r\n") if line.lower().startswith("etag: "))


def ask(port: int, request: bytes, status: int, seconds: float) -> int:
    """Keep one request under way on each connection; return how many were answered."""
    connections = [Connection(port, request, status) for _ in range(CONNECTIONS)]
    answered, until = 0, time.monotonic() + seconds
    with selectors.DefaultSelector() as waiting:
        for connection in connections:
            waiting.register(connection.open(), selectors.EVENT_READ, connection)
            connection.send()
        while time.monotonic() < until:
            for key, _ in waiting.select(1):
                connection: Connection = key.data
                match connection.read():
                    case "answered":
                        answered += 1
                        connection.send()
                    case "closed":  # Hypercorn ends a connection after a thousand requests
                        waiting.unregister(key.fileobj)
                        waiting.register(connection.open(), selectors.EVENT_READ, connection)
                        connection.send()
                    case _:
                        pass
    for connection in connections:
        connection.close()
    return answered


class Connection:
    """One connection that asks for the same thing again and again, and insists on the status."""

    def __init__(self, port: int, request: bytes, status: int) -> None:
        self._port = port
        self._request = request
        self._begins = f"HTTP/1.1 {status}".encode()
        self._received = b""
        self._socket = socket.socket()

    def open(self) -> socket.socket:
        """Connect anew."""
        self._socket.close()
        self._received = b""
        self._socket = socket.create_connection(("127.0.0.1", self._port), 10)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self._socket

    def send(self) -> None:
        """Ask."""
        self._socket.sendall(self._request)

    def read(self) -> str:
        """Read what is there: "answered" for a whole answer, "closed", or "" for a part. Raises RuntimeError."""
        part = self._socket.recv(1 << 18)
        if not part:
            return "closed"
        self._received = self._received + part if self._received else part
        end = whole_answer(self._received)
        if end is None:
            return ""
        if not self._received.startswith(self._begins):
            raise RuntimeError(f"answered {self._received[:60]!r}, not {self._begins!r}")
        self._received = self._received[end:]
        return "answered"

    def ask_once(self) -> str:
        """Ask on a fresh connection and return the head of the answer."""
        self.open()
        self.send()
        head = b""
        while b"\r\n\r\n" not in head:
            head += self._socket.recv(1 << 16)
        self.close()
        return head.partition(b"\r\n\r\n")[0].decode("latin-1")

    def close(self) -> None:
        """Hang up."""
        self._socket.close()


def whole_answer(received: bytes) -> int | None:
    """Return where the first answer ends, or None while it is not whole. A 304 has no body whatever it says."""
    head_end = received.find(b"\r\n\r\n")
    if head_end < 0:
        return None
    head = received[:head_end].lower()
    at = head.find(b"\r\ncontent-length:")
    if at < 0 or head[9:12] == b"304":
        return head_end + 4
    length = int(head[at + 17 :].split(b"\r\n", 1)[0])
    end = head_end + 4 + length
    return end if len(received) >= end else None


def print_table(rows: list[dict[str, float | str | int]]) -> None:
    """Print the medians, their ranges, and ours / quart."""
    print(
        "\n| requests per server CPU-second | ours | Quart's static folder | ours / Quart |\n|---|---|---|---|"
    )
    for question in QUESTIONS:
        ours, quarts = (
            [
                float(row["per_cpu_s"])
                for row in rows
                if (row["system"], row["question"]) == (name, question.name)
            ]
            for name in ("ours", "quart")
        )
        times = statistics.median(own / other for own, other in zip(ours, quarts, strict=True))
        cells = (f"{statistics.median(v):,.0f} ({min(v):,.0f} – {max(v):,.0f})" for v in (ours, quarts))
        print(f"| {question.name} | {' | '.join(cells)} | {times:.2f} |")
    shares = [50 * float(row["foreign_cpu_s"]) / float(row["seconds"]) for row in rows]
    print(f"\nForeign CPU: median {statistics.median(shares):.0f} %, worst {max(shares):.0f} % of 2 cores.")


if __name__ == "__main__":
    main()
