"""Settings: what is wrong is refused in one line that names the variable and the remedy."""

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatservice.environment import SettingsError
from chatservice.settings import Settings, unknown_names

PRODUCTION = {
    "CHAT_MODE": "production",
    "CHAT_PUBLIC_ORIGIN": "https://chatt.example.org",
    "CHAT_SECRET": "x" * 32,
}


def refusal(environ: dict[str, str], folder: Path) -> str:
    with pytest.raises(SettingsError) as refused:
        Settings.from_environment({"CHAT_DATA_DIR": str(folder / "var"), **environ})
    assert "\n" not in str(refused.value)
    return str(refused.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CHAT_MODE", "skarp"),
        ("CHAT_PORT", "0"),
        ("CHAT_PORT", "65536"),
        ("CHAT_PORT", "åtta"),
        ("CHAT_PORT", "²"),
        ("CHAT_QUEUE_CAP", "0"),
        ("CHAT_QUEUE_CAP", "-1"),
        ("CHAT_IDLE_TIMEOUT_S", "snart"),
        ("CHAT_IDLE_TIMEOUT_S", "nan"),
        ("CHAT_IDLE_TIMEOUT_S", "-1"),
        ("CHAT_PUBLIC_ORIGIN", "chatt.example.org"),
        ("CHAT_PUBLIC_ORIGIN", "https://chatt.example.org/"),
        ("CHAT_PUBLIC_ORIGIN", "ftp://chatt.example.org"),
        ("CHAT_CLOCK", "i går"),
        ("CHAT_CLOCK", "2026-12-24T19:00:00"),
    ],
)
def test_a_value_that_cannot_be_is_refused_by_name(tmp_path, name, value):
    told = refusal({name: value}, tmp_path)

    assert told.startswith(f"{name} ")
    assert value in told


def test_an_idle_time_longer_than_the_shift_is_refused(tmp_path):
    assert "CHAT_SESSION_IDLE_S" in refusal({"CHAT_SESSION_IDLE_S": "36001"}, tmp_path)


@pytest.mark.parametrize("secret", [None, "", "x" * 31])
def test_production_without_a_secret_is_refused(tmp_path, secret):
    environ = {**PRODUCTION, "CHAT_SECRET": secret or ""}
    if secret is None:
        del environ["CHAT_SECRET"]

    told = refusal(environ, tmp_path)

    assert told.startswith("CHAT_SECRET saknas")
    assert "token_urlsafe" in told


def test_the_missing_secret_is_told_before_anything_else(tmp_path):
    assert refusal({"CHAT_MODE": "production"}, tmp_path).startswith("CHAT_SECRET saknas")


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"CHAT_PUBLIC_ORIGIN": ""}, "CHAT_PUBLIC_ORIGIN saknas"),
        ({"CHAT_PUBLIC_ORIGIN": "http://chatt.example.org"}, "CHAT_PUBLIC_ORIGIN är http://"),
        ({"CHAT_CLOCK": "2026-12-24T19:00:00+01:00"}, "CHAT_CLOCK får inte användas i skarp drift"),
    ],
)
def test_what_is_unsafe_in_production_is_refused(tmp_path, changed, told):
    assert refusal(PRODUCTION | changed, tmp_path).startswith(told)


@pytest.mark.parametrize("name", ["example-organisation-key.pem", "example-inbox-key.pem"])
def test_production_refuses_a_folder_with_an_example_key(tmp_path, name):
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / name).touch()

    assert name in refusal(PRODUCTION, tmp_path)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"CHAT_SMTP_FROM": ""}, "CHAT_SMTP_FROM är ingen e-postadress"),
        ({"CHAT_SMTP_TO": "samordnaren"}, "CHAT_SMTP_TO är ingen e-postadress"),
        ({"CHAT_SMTP_SECURITY": "none"}, "CHAT_SMTP_SECURITY är none"),
        ({"CHAT_SMTP_SECURITY": "ssl"}, "CHAT_SMTP_SECURITY är ”ssl”: skriv tls eller starttls eller none."),
        ({"CHAT_SMTP_PORT": "0"}, "CHAT_SMTP_PORT är ”0”"),
    ],
)
def test_half_a_mail_server_is_refused(tmp_path, changed, told):
    whole = {
        "CHAT_SMTP_HOST": "post.example.org",
        "CHAT_SMTP_FROM": "webb@example.org",
        "CHAT_SMTP_TO": "samordnare@example.org",
    }

    assert refusal(whole | changed, tmp_path).startswith(told)


def test_a_folder_that_cannot_be_written_is_refused(tmp_path):
    (tmp_path / "file").touch()

    told = refusal({"CHAT_DATA_DIR": str(tmp_path / "file/var")}, tmp_path)

    assert str(tmp_path / "file/var") in told
    assert "CHAT_DATA_DIR" in told


def test_a_damaged_secret_is_refused(tmp_path):
    (tmp_path / "var").mkdir()
    (tmp_path / "var/secret").write_text("kort")

    assert "secret är skadad" in refusal({}, tmp_path)


def test_a_newcomer_needs_to_set_nothing_but_gets_a_private_secret_once(tmp_path):
    environ = {"CHAT_DATA_DIR": str(tmp_path / "var")}

    first, second = Settings.from_environment(environ), Settings.from_environment(environ)

    assert first == second
    assert first.is_example
    assert len(first.secret) >= 32
    assert stat.S_IMODE((tmp_path / "var").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "var/secret").stat().st_mode) == 0o600


def test_production_writes_no_secret(tmp_path):
    settings = Settings.from_environment({**PRODUCTION, "CHAT_DATA_DIR": str(tmp_path / "var")})

    assert settings.secret == PRODUCTION["CHAT_SECRET"]
    assert list((tmp_path / "var").iterdir()) == []


def test_pages_of_the_public_origin_alone_may_change_anything_in_production(tmp_path):
    settings = Settings.from_environment({**PRODUCTION, "CHAT_DATA_DIR": str(tmp_path)})

    assert settings.allowed_origins == {"https://chatt.example.org"}


@pytest.mark.parametrize(
    "origin", ["http://chatt.example.org", "http://onion.example.org", "http://a.onion.example"]
)
def test_production_is_reached_by_https(tmp_path, origin):
    assert "https" in refusal({**PRODUCTION, "CHAT_PUBLIC_ORIGIN": origin}, tmp_path)


def test_an_onion_service_needs_no_certificate_because_its_address_is_its_key(tmp_path):
    onion = f"http://{'a' * 56}.onion"

    settings = Settings.from_environment(
        {**PRODUCTION, "CHAT_DATA_DIR": str(tmp_path), "CHAT_PUBLIC_ORIGIN": onion}
    )

    assert settings.allowed_origins == {onion}


def test_the_example_allows_both_names_of_this_machine(tmp_path):
    settings = Settings.from_environment({"CHAT_DATA_DIR": str(tmp_path), "CHAT_PORT": "8142"})

    assert settings.allowed_origins == {"http://localhost:8142", "http://127.0.0.1:8142"}


def test_a_clock_that_was_set_runs_from_there(tmp_path):
    environ = {"CHAT_DATA_DIR": str(tmp_path), "CHAT_CLOCK": "2026-12-24T19:00:00+01:00"}

    clock = Settings.from_environment(environ).make_clock()

    began = datetime(2026, 12, 24, 18, tzinfo=UTC)
    first, second = clock.now(), clock.now()
    assert began <= first <= second < began + timedelta(minutes=1)


def test_a_clock_that_was_not_set_is_the_machines(tmp_path):
    clock = Settings.from_environment({"CHAT_DATA_DIR": str(tmp_path)}).make_clock()

    assert abs(clock.now() - datetime.now(UTC)) < timedelta(minutes=1)
    assert clock.monotonic_s() <= clock.monotonic_s()


def test_misspelt_names_are_found():
    assert unknown_names({"CHAT_SECRT": "", "CHAT_SECRET": "", "CHAT_EXAMPLE_PIN": "", "PATH": ""}) == (
        "CHAT_SECRT",
    )


@given(
    st.sampled_from(["PORT", "QUEUE_CAP", "SETTLE_S", "CLOCK", "PUBLIC_ORIGIN", "MODE"]), st.text(max_size=20)
)
def test_no_value_gives_anything_but_settings_or_one_line(tmp_path_factory, name, value):
    environ = {"CHAT_DATA_DIR": str(tmp_path_factory.getbasetemp() / "any"), f"CHAT_{name}": value}

    try:
        Settings.from_environment(environ)
        told = ""
    except SettingsError as error:
        told = str(error)

    assert told == "" or told.startswith((f"CHAT_{name} ", "CHAT_SECRET "))
    assert "\n" not in told


@pytest.mark.parametrize(
    ("url", "mode", "told"),
    [
        ("mysql://somebody:hemligt-7c41@db/chat", "example", "går inte att läsa"),
        ("postgresql://somebody:hemligt-7c41@db/chat", "example", "går inte att läsa"),
        ("sqlite:///records.sqlite3", "example", "går inte att läsa"),
        ("postgresql+asyncpg://somebody:hemligt-7c41@db.example.org/chat", "production", "utan kryptering"),
        ("postgresql+asyncpg://somebody:hemligt-7c41@db/chat?ssl=prefer", "production", "utan kryptering"),
        ("postgresql+asyncpg://somebody:hemligt-7c41@/chat?host=db", "production", "utan kryptering"),
    ],
)
def test_a_database_that_cannot_be_used_or_is_reached_in_clear_is_refused_without_its_password(
    tmp_path, url, mode, told
):
    environ = PRODUCTION if mode == "production" else {}

    said = refusal({**environ, "CHAT_RECORDS_URL": url}, tmp_path)

    assert told in said
    assert "CHAT_RECORDS_URL" in said
    assert "hemligt" not in said


@pytest.mark.parametrize(
    "url",
    [
        "sqlite+aiosqlite:////var/lib/chatservice/records.sqlite3",
        "postgresql+asyncpg://somebody:word@127.0.0.1:5433/chat",
        "postgresql+asyncpg://somebody:word@[::1]/chat",
        "postgresql+asyncpg://somebody@/chat?host=/run/postgresql",
        "postgresql+asyncpg://somebody:word@db.example.org/chat?ssl=verify-full",
    ],
)
def test_a_database_here_or_behind_tls_is_taken(tmp_path, url):
    environ = {**PRODUCTION, "CHAT_DATA_DIR": str(tmp_path / "var"), "CHAT_RECORDS_URL": url}

    assert Settings.from_environment(environ).records_url == url
