"""The peers: Prosody and ejabberd, two chat servers that a helpline could pick instead, in the same run.

Debian's packages (`apt-get install prosody lua-event ejabberd`), tuned for this in peers/: anonymous sign-in over
WebSocket on this machine, nothing stored, no shapers, epoll, one Erlang scheduler because there is one core. A pair is
two anonymous users who send each other chat messages; XMPP has no acknowledgement of its own.
"""

import asyncio
import os
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench.bare_socket import BareSocket
from bench.generator import Dialect, Generator, Line
from bench.process import MeasuredProcess, listens

PEERS = Path(__file__).parent / "peers"
BODY = 200
"""Characters of a body: ours is 379 because it is sealed; the same line of 200 letters is 200 here."""
DIALECT = Dialect(length=BODY, acknowledges=False, start="<message", body="<body>", end="<")
OPEN = "<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='localhost' version='1.0'/>"
SIGN_IN = "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='ANONYMOUS'/>"
BIND = "<iq xmlns='jabber:client' type='set' id='b1'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>"
STEPS = ((OPEN, "ANONYMOUS"), (SIGN_IN, "success"), (OPEN, "xmpp-bind"), (BIND, "<jid>"))
HEADERS = {"Origin": "http://localhost", "Sec-WebSocket-Protocol": "xmpp"}
AT_ONCE = 64
WITHIN_S = 60.0
SETTLED_S = 1.0


@dataclass(frozen=True)
class Program:
    """What is run, and what it needs in its environment."""

    command: tuple[str, ...]
    environ: dict[str, str]


def prosody(run: Path, port: int) -> Program:
    """Return how Prosody is started. Raises RuntimeError when it is not installed."""
    program = shutil.which("prosody")
    if program is None:
        raise RuntimeError("prosody is not installed: apt-get install prosody lua-event")
    config = _fill_in(PEERS / "prosody" / "prosody.cfg.lua", run, port)
    return Program((program, "-F", "--config", str(config)), {})


def ejabberd(run: Path, port: int) -> Program:
    """Return how ejabberd is started, without distribution. Raises RuntimeError when it is not installed."""
    folders = sorted(Path("/usr/lib").glob("*/ejabberd-*/ebin"))
    if not folders or shutil.which("erl") is None:
        raise RuntimeError("ejabberd is not installed: apt-get install ejabberd")
    (run / "db").mkdir()
    config = _fill_in(PEERS / "ejabberd" / "ejabberd.yml", run, port)
    return Program(
        (
            *("erl", "+K", "true", "+S", "1:1", "+P", "250000", "+Q", "65536", "-noinput", "-noshell"),
            *("-pa", str(folders[0]), "-mnesia", "dir", f'"{run / "db"}"', "-s", "ejabberd"),
        ),
        {
            "ERL_LIBS": str(folders[0].parent.parent),
            "ERL_MAX_PORTS": "60000",
            "EJABBERD_CONFIG_PATH": str(config),
            "EJABBERD_LOG_PATH": str(run / "ejabberd.log"),
            "SPOOL_DIR": str(run / "db"),
            "HOME": str(run),
        },
    )


PROGRAMS: dict[str, Callable[[Path, int], Program]] = {"ejabberd": ejabberd, "prosody": prosody}


class MeasuredPeer:
    """One peer, pinned to a core."""

    def __init__(self, name: str, folder: Path, *, core: int, port: int) -> None:
        self._port = port
        program = PROGRAMS[name](folder, port)
        self._process = MeasuredProcess(
            program.command,
            environ=dict(os.environ) | program.environ,
            log=folder / f"{name}.log",
            core=core,
            answers=lambda: listens(port),
        )

    def __enter__(self) -> "MeasuredPeer":
        self._process.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.stop()

    def process_ids(self) -> list[int]:
        """Return the ids of the process and of all its children."""
        return self._process.ids()

    async def add_pairs(self, generator: Generator, count: int) -> None:
        """Let so many pairs sign in, and hand their lines to the generator."""
        places = asyncio.Semaphore(AT_ONCE)

        async def add_pair() -> None:
            async with places, asyncio.timeout(WITHIN_S):
                (one, one_name), (other, other_name) = await asyncio.gather(self._sign_in(), self._sign_in())
                visitor = Line(await one.give_away(), "v", 0, _parts(other_name))
                generator.adopt_pair(visitor, Line(await other.give_away(), "m", 0, _parts(one_name)))

        async with asyncio.TaskGroup() as tasks:
            for _ in range(count):
                tasks.create_task(add_pair())
        await asyncio.sleep(SETTLED_S)

    async def _sign_in(self) -> tuple[BareSocket, str]:
        """Sign in without a name; return the socket and the name that was given."""
        line = await BareSocket.connect(self._port, "/xmpp-websocket", HEADERS)
        answer = ""
        for say, until in STEPS:
            await line.send(say)
            answer = ""
            while until not in answer:
                answer += await line.receive()
        found = re.search("<jid>(.*?)</jid>", answer)
        if found is None:
            raise RuntimeError(f"no name was given: {answer}")
        return line, found[1]


def _parts(to: str) -> tuple[str, ...]:
    head = f"<message xmlns='jabber:client' to='{to}' type='chat' id='m"
    return (head, "'><body>", "</body></message>", "", "")


def _fill_in(template: Path, run: Path, port: int) -> Path:
    (run / "prosody-data").mkdir(exist_ok=True)
    filled = run / template.name
    text = template.read_text("utf-8").replace("@RUN@", str(run)).replace("@PORT@", str(port))
    filled.write_text(text, "utf-8")
    return filled
