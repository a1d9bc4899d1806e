"""What every test may ask for: the built site, a running service, and the order in which tests run.

The service is the real one, started as a person would start it, and reached only through its public doors. Browser
fixtures stand in tests/browser/conftest.py.
"""

import os
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from pathlib import Path

import hypothesis
import pytest

from chatservice.records import DatabaseRecords, open_records
from chatservice.settings import Settings
from tests.postgres_server import PostgresServer, programs
from tests.running_service import RunningService, example_pin
from tests.staff_builders import emptied_postgres, example_settings, prepare_records
from tests.valkey_server import ValkeyServer

ROOT = Path(__file__).resolve().parent.parent
# Whoever reaches the network through a proxy does not reach this machine through it.
HERE = ("127.0.0.1", "localhost", *filter(None, map(os.environ.get, ("no_proxy", "NO_PROXY"))))
os.environ["no_proxy"] = os.environ["NO_PROXY"] = ",".join(HERE)
# A machine that pauses for a fifth of a second has found no fault.
hypothesis.settings.register_profile(
    "any speed", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("any speed")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Run asynchronous tests on asyncio, the only loop that the service runs on."""
    return "asyncio"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what lies in tests/browser, and put it last: sync Playwright keeps the main thread's loop when it begins."""
    browser = ROOT / "tests/browser"
    for item in items:
        if item.path.is_relative_to(browser):
            item.add_marker("browser")
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.fixture(scope="session")
def project() -> Path:
    """Return the project's folder."""
    return ROOT


VALKEY_ANSWERS_WITHIN_S = 60.0


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """Start a PostgreSQL for all tests that need one; each makes a database of its own."""
    server = PostgresServer(programs())
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture(scope="session")
def valkey_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ValkeyServer]:
    """Start a Valkey for all tests that need one."""
    server = ValkeyServer(tmp_path_factory.mktemp("valkey"))
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture
def valkey(valkey_server: ValkeyServer, monkeypatch: pytest.MonkeyPatch) -> ValkeyServer:
    """Give a Valkey that holds nothing, and that this process does not take for mute when the machine is slow."""
    for name in ("ANSWER_WITHIN_S", "_MUTE_AFTER_S"):
        monkeypatch.setattr(f"chatservice.live.valkey.connection.{name}", VALKEY_ANSWERS_WITHIN_S)
    valkey_server.clear()
    return valkey_server


@pytest.fixture(scope="session")
def postgres_records(postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Make one database with our tables, which each test finds empty; return the settings that lead to it."""
    postgres.sql("CREATE DATABASE contracts")
    settings = example_settings(tmp_path_factory.mktemp("contracts"))
    settings = replace(settings, records_url=postgres.url("contracts"))
    prepare_records(settings)
    return settings


@pytest.fixture(params=["sqlite", "postgresql"])
async def records_settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Return settings that lead to an empty database with our tables, of one kind after the other."""
    if request.param == "sqlite":
        settings = example_settings(tmp_path)
        prepare_records(settings)
        return settings
    settings: Settings = request.getfixturevalue("postgres_records")
    await emptied_postgres(settings)
    return settings


@pytest.fixture
async def records(records_settings: Settings) -> AsyncIterator[DatabaseRecords]:
    """Give empty records, over one kind of database after the other."""
    async with open_records(records_settings) as records:
        yield records


@pytest.fixture
async def others(records_settings: Settings, records: DatabaseRecords) -> AsyncIterator[DatabaseRecords]:
    """Give the same records as another process of the service has them."""
    assert records is not None
    async with open_records(records_settings) as others:
        yield others


@pytest.fixture(scope="session")
def example_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data folder with an example organisation key and records; copied for each service."""
    home = tmp_path_factory.mktemp("example") / "var"
    example_pin(ROOT, home)
    return home


@pytest.fixture(scope="session")
def built_site(tmp_path_factory: pytest.TempPathFactory, example_home: Path) -> Path:
    """Build the real site once, with the example key pinned; return its folder."""
    from tools.site_build import build_site

    folder = tmp_path_factory.mktemp("site") / "output"
    build_site(folder, example_pin=example_pin(ROOT, example_home))
    return folder


@pytest.fixture(scope="module")
def make_service(
    tmp_path_factory: pytest.TempPathFactory, example_home: Path, built_site: Path
) -> Iterator[Callable[..., RunningService]]:
    """Return a function that starts a service of one's own; keyword arguments are settings (`queue_cap=2`)."""
    started: list[RunningService] = []

    def make(**settings: object) -> RunningService:
        data_dir = tmp_path_factory.mktemp("service") / "var"
        shutil.copytree(example_home, data_dir)
        os.chmod(data_dir, 0o700)
        service = RunningService(ROOT, data_dir=data_dir, site_dir=built_site, settings=settings)
        started.append(service)
        service.start()
        return service

    yield make
    for service in started:
        service.stop()


@pytest.fixture(scope="module")
def service(make_service: Callable[..., RunningService]) -> RunningService:
    """Start the service for this file's tests, open at any hour, with no account until one is added."""
    return make_service()
