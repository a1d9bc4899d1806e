"""`doctor`: nothing wrong where nothing is, and each fault found with its remedy."""

import json
import os
import re
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chatservice.commands.doctor import outside
from chatservice.commands.doctor.browsing import Answer, Browser, UnreachableError
from chatservice.commands.doctor.findings import Finding, any_wrong
from chatservice.commands.doctor.installation import (
    look_at_files,
    look_at_secrets,
    look_at_settings,
    look_at_site,
)
from chatservice.commands.doctor.kept import holds_address, look_at_backups, look_at_logs
from chatservice.commands.doctor.machine import look_at_machine
from chatservice.commands.doctor.references import references, walk_site
from chatservice.settings import Settings
from tests.cli.faulty_proxy import Mistake, faulty_proxy

DAY_S = 86_400
SECRET = "aB3-dE6_gH9-jK2_mN5-pQ8_sT1-vW4_"
LIMITS = "Limit                     Soft Limit           Hard Limit           Units\n"


@pytest.fixture(autouse=True)
def few_pages(monkeypatch):
    """Walk a part of the site only, except where the walk itself is tried."""
    monkeypatch.setattr("chatservice.commands.doctor.references.MOST_FILES", 12)


@pytest.fixture
def settings(tmp_path):
    data_dir = tmp_path / "var"
    data_dir.mkdir(mode=0o700)
    return Settings(data_dir=data_dir, site_dir=None, secret=SECRET)


def told(findings, state="wrong"):
    return " | ".join(finding.text for finding in findings if finding.state == state)


# -- from inside


def test_a_running_example_service_has_nothing_wrong_inside_or_outside(make_service):
    service = make_service()

    inside = json.loads(service.command("doctor", "--json", "--log", str(service.log_path)))
    seen = service.command("doctor", "--outside", service.base_url)

    assert [finding for finding in inside if finding["state"] == "wrong"] == []
    assert any("lämnar ingen minnesbild" in one["text"] or "ulimit -c" in one["text"] for one in inside)
    assert "FEL" not in seen
    assert re.search(r"bra +\d{2,} sidor och filer hämtar ingenting från någon annan", seen)
    for so in ("Alla rubriker", "/halsa svarar", "Klockan", "WebSocket öppnas för våra", "inte för en främmande",
               "komprimerade", "Mätvärden", "blir inte trodd"):  # fmt: skip
        assert so in seen


def test_a_file_that_others_can_read_is_found_however_deep_it_lies(settings):
    assert told(look_at_files(settings)) == ""
    deep = settings.data_dir / "a" / "b"
    deep.mkdir(mode=0o700, parents=True)
    deep.parent.chmod(0o700)
    (deep / "letters").touch(mode=0o644)
    (deep / "letters").chmod(0o644)

    assert f"chmod go-rwx {deep / 'letters'}" in told(look_at_files(settings))


def test_a_secret_that_somebody_typed_and_an_open_environment_file_are_found(settings, tmp_path):
    file = tmp_path / "chatservice.env"
    file.touch(mode=0o600)
    assert told(look_at_secrets(settings, file)) == ""

    file.chmod(0o640)
    found = told(look_at_secrets(replace(settings, secret="abc" * 20), file))

    assert "slumptal" in found
    assert f"chmod 600 {file}" in found


def test_a_server_in_front_without_hops_is_found(settings):
    behind = replace(settings, mode="production", public_origin="https://chatt.example.org")

    assert "CHAT_PROXY_HOPS" in told(look_at_settings(behind, {}))
    assert told(look_at_settings(replace(behind, proxy_hops=1), {})) == ""


def test_a_site_that_is_older_than_its_content_is_found(settings, tmp_path):
    site, content = tmp_path / "site", tmp_path / "content"
    site.mkdir()
    content.mkdir()
    (content / "page.md").touch()
    (site / "index.html").touch()
    settings = replace(settings, site_dir=site, content_dir=content)
    os.utime(content / "page.md", (0, 0))
    assert told(look_at_site(settings), "good")

    os.utime(site / "index.html", (-5, -5))
    assert "tasks.py build" in told(look_at_site(settings), "advice")


@pytest.mark.parametrize(
    ("line", "has_one"),
    [
        ("Klar på http://127.0.0.1:8000", False),
        ("listening on [::1]:80 and 0.0.0.0", False),
        ("version 1.2.3 at 12:30:15, 2026-11-23 02:50:00", False),
        ("error from 203.0.113.9, port 4711", True),
        ("client: 2001:db8::17, server", True),
    ],
)
def test_an_address_in_a_log_is_known_and_never_repeated(tmp_path, line, has_one):
    log = tmp_path / "log"
    log.write_text(f"{line}\n")

    assert holds_address(line) is has_one
    found = told(look_at_logs([log]))
    assert bool(found) is has_one
    assert "203.0.113" not in found
    assert "finns-inte" in told(look_at_logs([tmp_path / "finns-inte"]))


def test_backups_that_are_missing_old_open_or_kept_too_long_are_found(tmp_path):
    folder = tmp_path / "backups"
    assert "rätta --backups" in told(look_at_backups(folder))
    folder.mkdir(mode=0o700)
    assert "backup" in told(look_at_backups(folder))
    assert "--backups" in told(look_at_backups(None), "advice")
    file = folder / "records.sqlite3"
    file.touch(mode=0o600)
    now_s = time.time()
    assert told(look_at_backups(folder, now_s)) == ""

    assert "varje vecka" in told(look_at_backups(folder, now_s + 9 * DAY_S))
    assert "kasta den" in told(look_at_backups(folder, now_s + 91 * DAY_S))
    file.chmod(0o644)
    assert f"chmod go-rwx {file}" in told(look_at_backups(folder, now_s))


def machine(folder, *, swaps="", pattern="core", core="0", swapped=0):
    """Lay out a /proc of a machine on which the service listens as process 7."""
    for name in ("sys/vm", "sys/kernel", "net", "7/fd"):
        (folder / name).mkdir(parents=True)
    (folder / "swaps").write_text("Filename Type Size Used Priority\n" + swaps)
    (folder / "sys/vm/swappiness").write_text("60\n")
    (folder / "sys/kernel/core_pattern").write_text(f"{pattern}\n")
    (folder / "net/tcp").write_text("head\n 0: 0100007F:1F40 00000000:0000 0A 0:0 0:0 0 0 0 4711 1\n")
    (folder / "7/fd/3").symlink_to("socket:[4711]")
    (folder / "7/limits").write_text(
        f"{LIMITS}Max core file size        {core:<20} unlimited            bytes\n"
    )
    (folder / "7/status").write_text(f"VmSwap:\t{swapped} kB\n")
    return folder


def test_a_machine_that_writes_memory_down_is_found(settings, tmp_path):
    careful = list(look_at_machine(settings, machine(tmp_path / "careful", pattern="|/bin/false")))
    careless = list(
        look_at_machine(
            settings,
            machine(
                tmp_path / "careless", swaps="/dev/sda2 partition 1 0 -2\n", core="unlimited", swapped=12
            ),
        )
    )

    assert [finding.state for finding in careful] == ["good"] * 3
    assert "MemorySwapMax=0" in told(careless)
    for remedy in ("swapoff", "core_pattern", "LimitCORE=0"):
        assert remedy in told(careless, "advice")
    assert list(look_at_machine(settings, tmp_path / "nowhere")) == []


# -- from outside


def through(service, mistake, tmp_path):
    """Look at the service from outside, through a server that makes a mistake."""
    with faulty_proxy(service.port, mistake) as port:
        origin = f"http://127.0.0.1:{port}"
        settings = Settings(
            data_dir=tmp_path, site_dir=None, secret=SECRET, port=service.port, public_origin=origin
        )
        return list(outside.look_from_outside(settings))


def without(name):
    return Mistake(answer=lambda _, status, headers, body: (
        status, [each for each in headers if each[0].lower() != name.lower()], body))  # fmt: skip


def with_header(name, value):
    return Mistake(answer=lambda _, status, headers, body: (status, [*headers, (name, value)], body))


def answering(path, status, body=b"x", kind="text/html"):
    return Mistake(
        answer=lambda asked, *given: (status, [("Content-Type", kind)], body) if asked == path else given
    )


@pytest.fixture(scope="module")
def example(make_service):
    """Run a service whose own origin is whatever stands in front, as a careless operator would have it."""
    return make_service()


@pytest.fixture
def quick(monkeypatch):
    """Leave the making up of addresses to its own tests: it waits on purpose."""
    monkeypatch.setattr(outside, "forged_addresses", lambda *_: iter(()))


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    ("mistake", "remedy"),
    [
        (without("Content-Security-Policy"), "saknar Content-Security-Policy"),
        (with_header("Referrer-Policy", "unsafe-url"), "annat värde i Referrer-Policy"),
        (Mistake(server="Apache/2.4"), "berättar vad den körs på (Server)"),
        (with_header("Via", "1.1 front"), "berättar vad den körs på (Via)"),
        (with_header("Set-Cookie", "seen=1"), "sätter en kaka hos besökaren"),
        (answering("/halsa", 404), "/halsa svarar inte ok"),
        (answering("/metrics", 200), "/metrics går att nå utifrån"),
        (answering("/redo", 200), "/redo går att nå utifrån"),
        (answering("/chatt/", 502), "svarar 502 i stället för 200"),
        (with_header("Date", "Mon, 01 Jan 2024 00:00:00 GMT"), "ingen"),
        (Mistake(request=lambda _, given: {**given, "Origin": "http://localhost:1"}), "WebSocket öppnas inte (403)"),
        (
            answering("/", 200, b'<img src="https://pictures.example.net/a.png">'),
            "hämtar något från pictures.example.net",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_a_mistake_in_front_is_found_with_its_remedy(example, mistake, remedy, tmp_path):
    found = through(example, mistake, tmp_path)

    if remedy == "ingen":
        # Two dates: the first is the service's own, and right.
        assert "Klockorna" not in told(found)
    else:
        assert remedy in told(found)


@pytest.mark.usefixtures("quick")
def test_a_socket_that_opens_for_strangers_is_found(example, tmp_path):
    ours = f"http://127.0.0.1:{example.port}"
    found = through(example, Mistake(request=lambda _, headers: {**headers, "Origin": ours}), tmp_path)

    assert "främmande sida: låt webbservern framför skicka vidare Origin" in told(found)


class Scripted(Browser):
    """A browser whose answers are laid out by path."""

    def __init__(self, **answers):
        super().__init__("http://chatt.example.org")
        self.answers = answers
        self.asked = []

    def get(self, path, headers=None):
        """Answer as laid out."""
        self.asked.append(path)
        return self.answers.get(path, Answer(404, (), b""))


def page(kind, text):
    return Answer(200, (("Content-Type", f"{kind}; charset=utf-8"),), text.encode())


def test_what_a_page_a_stylesheet_or_a_module_loads_from_elsewhere_is_found(monkeypatch):
    monkeypatch.setattr("chatservice.commands.doctor.references.MOST_FILES", 100)
    browser = Scripted(**{
        "/sitemap.xml": page("application/xml", "<loc>https://other.example/a/</loc>"),
        "/": page("text/html", '<a href="https://linked.example/">x</a><link rel="canonical" href="https://c.example/">'),
        "/a/": page("text/html", '<link rel=stylesheet href="s.css"><script src="/m.js"></script>'),
        "/a/s.css": page("text/css", "@font-face { src: url('https://fonts.example/f.woff2') }"),
        "/m.js": page("text/javascript", 'import { x } from "./n.js"; // https://comment.example/'),
        "/n.js": page("text/javascript", 'await fetch("https://count.example/hit")'),
    })  # fmt: skip

    found = list(walk_site(browser))

    assert [re.findall(r"från (\S+):", finding.text) for finding in found] == [
        ["count.example"],
        ["fonts.example"],
    ]


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ('<img srcset="/a.png 1x, https://b.example/b.png 2x">', ["/a.png", "https://b.example/b.png"]),
        ('<meta http-equiv="refresh" content="0; url=https://b.example/">', ["https://b.example/"]),
        ('<p style="background: url(https://b.example/x)">', ["https://b.example/x"]),
        ('<link rel="preconnect" href="https://b.example">', ["https://b.example"]),
        ('<form action="https://b.example/">', ["https://b.example/"]),
    ],
)
def test_every_way_in_which_a_page_reaches_out_is_known(html, found):
    assert list(references(page("text/html", html))) == found


class Guessed(Browser):
    """A sign-in that takes as long as it is told to."""

    def __init__(self, status, times_s):
        super().__init__("http://chatt.example.org")
        self.status, self.times_s, self.now_s, self.claimed = status, list(times_s), 0.0, set()

    def post(self, path, form, headers=None):
        """Answer after a time, and note which address was claimed."""
        self.claimed.add((headers or {})["X-Forwarded-For"])
        self.now_s += self.times_s.pop(0)
        return Answer(self.status, (), b"")

    def clock(self):
        """Give the time."""
        return self.now_s


@pytest.mark.parametrize(
    ("status", "times_s", "state", "remedy"),
    [
        (200, (0.1, 0.1, 0.1, 0.1, 0.1), "wrong", "CHAT_PROXY_HOPS (nu 2)"),
        (200, (0.1, 0.1, 0.1, 0.6, 1.1), "good", "blir inte trodd"),
        (503, (0.1,), "advice", "kunde inte prövas"),
    ],
)
def test_made_up_addresses_that_are_believed_are_known_by_what_does_not_get_slower(
    status, times_s, state, remedy
):
    guessed = Guessed(status, times_s)

    (finding,) = outside.forged_addresses(guessed, 2, guessed.clock)

    assert (finding.state, remedy in finding.text) == (state, True)
    assert len(guessed.claimed) == len(times_s)


class Secured(Scripted):
    """A browser of an https origin."""

    def __init__(self, days, plain):
        super().__init__()
        self.is_https = True
        self.days, self.plain = days, plain

    def certificate_ends(self):
        """Give when the certificate ends."""
        return datetime.now(UTC) + timedelta(days=self.days, hours=1)

    def without_encryption(self):
        """Give what answers without encryption."""
        if self.plain is None:
            raise UnreachableError("ingen")
        return Scripted(**{"/": self.plain})


@pytest.mark.parametrize(
    ("days", "plain", "states"),
    [
        (60, None, ["good", "good"]),
        (60, Answer(308, (("Location", "https://chatt.example.org/"),), b""), ["good", "good"]),
        (10, Answer(200, (), b""), ["advice", "wrong"]),
        (2, Answer(301, (("Location", "http://elsewhere.example/"),), b""), ["wrong", "wrong"]),
    ],
)
def test_a_certificate_that_ends_and_a_door_without_encryption_are_found(days, plain, states):
    assert [finding.state for finding in outside.look_at_encryption(Secured(days, plain))] == states


@pytest.mark.parametrize(("behind_s", "state"), [(0, "good"), (30, "advice"), (600, "wrong")])
def test_a_clock_that_goes_wrong_is_found(behind_s, state):
    date = (datetime.now(UTC) - timedelta(seconds=behind_s)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    browser = Scripted(**{"/halsa": Answer(200, (("Date", date),), b"ok")})

    (finding,) = outside.look_at_clock(browser)

    assert finding.state == state


def test_an_origin_that_does_not_answer_is_told_in_one_line(settings):
    for origin in ("http://127.0.0.1:9", "ftp://x", "chatt.example.org"):
        (finding,) = list(outside.look_from_outside(replace(settings, public_origin=origin)))
        assert finding.state == "wrong"
        assert "CHAT_PUBLIC_ORIGIN" in finding.text or "ange till exempel https" in finding.text


def test_only_what_is_wrong_makes_the_command_fail():
    assert not any_wrong([Finding("good", ""), Finding("advice", "")])
    assert any_wrong([Finding("good", ""), Finding("wrong", "")])
    assert Browser("http://localhost:1").is_here
