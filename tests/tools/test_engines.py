"""Finding the servers that tests start, or saying what a person must do: on made-up machines with made-up programs."""

from pathlib import Path

import pytest

from tests.tools.test_browsers import put
from tools import engines
from tools.engines import ENGINES, Engine

EACH = pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.variable.lower())


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the only folder of programs that this machine has; it begins empty."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    for engine in ENGINES:
        monkeypatch.delenv(engine.variable, raising=False)
    return folder


@pytest.fixture
def nowhere_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the real machine's own programs be as if they were not there."""
    monkeypatch.setattr(engines, "_major", lambda _path, _asks: 0)


@EACH
@pytest.mark.usefixtures("machine", "nowhere_else")
def test_a_machine_without_the_server_has_none(engine: Engine) -> None:
    assert engine.find() is None


@EACH
@pytest.mark.usefixtures("nowhere_else")
def test_a_person_who_is_not_root_is_told_what_to_install(
    machine: Path, monkeypatch: pytest.MonkeyPatch, engine: Engine
) -> None:
    put(machine, "apt-get", f'touch "{machine}/asked"')
    monkeypatch.setattr("os.geteuid", lambda: 1000)

    remedy = engine.install()

    assert "sudo apt install " in remedy
    assert f"{engine.variable}=/sökväg" in remedy
    assert not (machine / "asked").exists()


@EACH
def test_a_wrong_path_is_told_instead_of_another_server_being_used(
    machine: Path, monkeypatch: pytest.MonkeyPatch, engine: Engine
) -> None:
    monkeypatch.setenv(engine.variable, str(machine / "gone"))

    assert engine.find() is None
    assert f"{engine.variable} pekar på" in engine.install()


@pytest.mark.parametrize(
    ("says", "is_found"),
    [("Redis server v=6.0.16 sha=0", False), ("Redis server v=7.0.15 sha=0", True), ("?", False)],
)
def test_only_a_server_that_is_new_enough_is_used(machine: Path, says: str, is_found: bool) -> None:
    server = put(machine, "redis-server", f'echo "{says}"')

    assert engines.valkey() == (str(server) if is_found else None)


def test_valkey_is_used_before_redis(machine: Path) -> None:
    put(machine, "redis-server", "echo Redis server v=7.0.15")
    valkey = put(machine, "valkey-server", "echo Valkey server v=8.1.1")

    assert engines.valkey() == str(valkey)


@pytest.mark.usefixtures("machine")
def test_the_newest_of_debians_postgresqls_is_used_and_needs_both_its_programs(tmp_path: Path) -> None:
    for version, programs in {"9": "ip", "13": "ip", "15": "ip", "17": "i"}.items():
        folder = tmp_path / "usr/lib/postgresql" / version / "bin"
        folder.mkdir(parents=True)
        put(folder, "initdb")
        if "p" in programs:
            put(folder, "postgres", f'echo "postgres (PostgreSQL) {version}.1"')

    assert engines.postgresql(tmp_path) == str(tmp_path / "usr/lib/postgresql/15/bin")


def test_no_package_starts_its_service_while_it_is_installed(tmp_path: Path) -> None:
    policy = tmp_path / engines.POLICY
    policy.parent.mkdir(parents=True)

    with engines.no_service_starts(tmp_path):
        said = policy.read_text(encoding="utf-8")
        assert "exit 101" in said
        assert policy.stat().st_mode & 0o777 == 0o755

    assert not policy.exists()


def test_what_somebody_else_has_said_of_services_stays(tmp_path: Path) -> None:
    policy = tmp_path / engines.POLICY
    policy.parent.mkdir(parents=True)
    policy.write_text("mine", encoding="utf-8")

    with engines.no_service_starts(tmp_path):
        pass

    assert policy.read_text(encoding="utf-8") == "mine"


def test_what_is_found_is_named_for_the_tests_and_what_is_not_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    there = Engine("THERE", "Proven som går", lambda: "/a/path", lambda: "aldrig")
    gone = Engine("GONE", "Proven som inte går", lambda: None, lambda: "installera den")
    monkeypatch.setattr(engines, "ENGINES", (there, gone))

    found, missing = engines.make_ready()

    assert found == {"THERE": "/a/path"}
    assert missing == ["Proven som inte går: installera den"]
