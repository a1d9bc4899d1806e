"""The files in deploy/ say what the service says: the same headers, every address of the service, and no log."""

import re
from pathlib import Path

import pytest
from werkzeug.routing import Rule

from chatservice.app import create_app
from chatservice.settings import Settings
from chatservice.web.headers import CHAT_PAGES, DOCUMENT_HEADERS, page_headers
from tests.structure.project_files import text_of

CADDY, NGINX = "deploy/caddy/Caddyfile", "deploy/nginx/chat.conf"


def production(folder: Path) -> Settings:
    """Return settings of the installation that the files describe."""
    return Settings(
        mode="production",
        secret="x" * 40,
        public_origin="https://chatt.example.org",
        data_dir=folder,
        site_dir=None,
    )


def caddy_headers() -> dict[str, str]:
    """Read the headers that Caddy puts on the site's files."""
    block = re.search(r"\n\t\theader \{(.*?)\n\t\t\}", text_of(CADDY), re.DOTALL)
    assert block
    others = re.search(r'header @others (Cache-Control) "(.*)"', text_of(CADDY))
    assert others
    return dict(re.findall(r'^\t+([A-Z][\w-]+) "(.*)"$', block[1], re.MULTILINE)) | {others[1]: others[2]}


def nginx_headers() -> dict[str, str]:
    """Read the headers that nginx puts on a page of the site, its variables filled in."""
    text = text_of(NGINX)
    variables = dict(re.findall(r"map \$chat_is_page (\$\w+) \{\s*1 \"(.*?)\";\s*\}", text))
    variables |= dict(re.findall(r"map \$uri (\$kept_by_browsers) \{\s*default\s+\"(.*?)\";", text))
    headers = dict(re.findall(r"add_header ([\w-]+) (\S+|\".*?\") always;", text))
    return {name: variables.get(value, value.strip('"')) for name, value in headers.items()}


@pytest.mark.parametrize("read", [caddy_headers, nginx_headers])
def test_the_sites_headers_are_the_services(tmp_path, read):
    assert read() == page_headers(production(tmp_path)) | {"Cache-Control": "no-cache"}


@pytest.mark.parametrize("page", [page + name for page in CHAT_PAGES for name in ("", "index.html")])
def test_no_browser_keeps_a_page_that_a_conversation_is_held_on(page):
    caddy = re.findall(r"@(chat|others)(?: not)? path (.*)", text_of(CADDY))
    nginx = re.search(r'"~(\S+)" +"no-store";', text_of(NGINX))

    assert [name for name, paths in caddy if page in paths.split()] == ["chat", "others"]
    assert 'header @chat Cache-Control "no-store"' in text_of(CADDY)
    assert nginx
    assert re.search(nginx[1], page)
    assert not re.search(nginx[1], page.replace("chat", "chaty"))


def test_nginx_leaves_out_only_what_browsers_heed_for_pages() -> None:
    variable = re.findall(r"add_header ([\w-]+) \$chat_", text_of(NGINX))

    assert set(variable) == DOCUMENT_HEADERS


def caddy_passes_on(path: str) -> bool:
    """Say whether Caddy gives this address to the service."""
    found = re.search(r"@service path (.*)", text_of(CADDY))
    assert found
    return any(
        path == pattern or (pattern.endswith("*") and path.startswith(pattern[:-1]))
        for pattern in found[1].split()
    )


def nginx_passes_on(path: str) -> bool:
    """Say whether nginx gives this address to the service."""
    found = re.search(r"location ~ (\S+) \{\n\s+proxy_pass", text_of(NGINX))
    assert found
    return re.search(found[1], path) is not None


@pytest.mark.parametrize("passes_on", [caddy_passes_on, nginx_passes_on])
def test_every_address_of_the_service_is_passed_on_and_none_of_the_site(tmp_path, passes_on):
    rules: list[Rule] = list(create_app(production(tmp_path)).url_map.iter_rules())
    paths = {re.sub(r"<[^>]*>", "1", rule.rule) for rule in rules}

    assert len(paths) > 20
    assert {path for path in paths if not passes_on(path)} == set()
    for path in ("/", "/chatt/", "/en/chat/", "/kontakt/", "/mentorer/", "/theme/css/site.css"):
        assert not passes_on(path), path


def test_no_access_log_is_kept() -> None:
    assert text_of(NGINX).count("access_log off;") == 2
    assert not re.search(r"^\s*log\s*\{", text_of(CADDY), re.MULTILINE), (
        "a log block inside a site is an access log"
    )
    assert "error_log /dev/null crit;" in text_of(NGINX)


def test_memory_is_never_written_to_a_disk() -> None:
    unit = text_of("deploy/systemd/chatservice.service")

    assert {"MemorySwapMax=0", "LimitCORE=0", "PrivateTmp=yes", "NoNewPrivileges=yes"} <= set(
        unit.splitlines()
    )


def test_each_of_several_processes_runs_in_the_same_closed_room_as_one() -> None:
    def room(name: str) -> set[str]:
        return {
            line
            for line in text_of(f"deploy/systemd/{name}").splitlines()
            if not line.startswith(("#", "ExecStart=", "Description=", "After="))
        }

    assert room("chatservice@.service") == room("chatservice.service")
    start = re.search(r"^ExecStart=(.*)$", text_of("deploy/systemd/chatservice@.service"), re.MULTILINE)
    assert start
    assert "CHAT_PORT=%i" in start[1]
    assert start[1].endswith("python -m chatservice serve")


def test_the_shared_memory_is_never_written_to_a_disk_nor_thrown_away_nor_logged() -> None:
    lines = set(text_of("deploy/valkey/valkey.conf").splitlines())

    assert {
        'save ""', "appendonly no", "maxmemory-policy noeviction", "slowlog-log-slower-than -1",
        "crash-log-enabled no", "protected-mode yes",
    } <= lines  # fmt: skip
    assert {"MemorySwapMax=0", "LimitCORE=0"} <= set(text_of("deploy/valkey/closed-room.conf").splitlines())


def test_the_settings_to_copy_exist_and_hold_no_secret() -> None:
    for file in ("deploy/systemd/chatservice.env", "deploy/compose/settings.env.example"):
        lines = [line for line in text_of(file).splitlines() if line and not line.startswith("#")]
        names = {line.partition("=")[0] for line in lines}

        assert {name.removeprefix("CHAT_").lower() for name in names} <= set(Settings.__dataclass_fields__)
        assert "CHAT_SECRET=" in lines
