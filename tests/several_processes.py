"""Several processes of the service, as an operator would run them: one Valkey, one folder of records, one nginx.

Knows how they are put together, and the settings. Knows nothing of what is said through them.
"""

import os
import socket
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.running_service import RunningService, free_port
from tests.valkey_server import ValkeyServer
from tools import engines

START_TIMEOUT_S = 60

_NGINX = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    map $http_upgrade $chat_connection {{ default upgrade; "" ""; }}
    upstream chat {{
{servers}
    }}
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://chat;
            proxy_http_version 1.1;
            proxy_set_header Host $host;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection $chat_connection;
            proxy_set_header X-Forwarded-For $remote_addr;
            proxy_buffering off;
            proxy_connect_timeout 5s;
        }}
    }}
}}
"""


class SeveralProcesses:
    """Processes that share everything, and the one address in front of them (`base_url`)."""

    def __init__(
        self, root: Path, *, data_dir: Path, site_dir: Path, count: int = 2, **settings: object
    ) -> None:
        self.data_dir = data_dir
        self.port = free_port()
        self.base_url = f"http://127.0.0.1:{self.port}"
        self.valkey = ValkeyServer(data_dir.parent)
        shared = settings | {"live_url": self.valkey.url, "public_origin": self.base_url, "proxy_hops": 1}
        self.processes = [
            RunningService(root, data_dir=data_dir, site_dir=site_dir, settings=shared) for _ in range(count)
        ]
        self._nginx: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start everything; without the server programs the test is skipped, under CI it fails."""
        program = engines.nginx()
        if program is None:
            if os.environ.get("CI"):
                pytest.fail("nginx is not installed: see tools/engines.py")
            pytest.skip("nginx is not installed")
        self.valkey.start()
        for process in self.processes:
            process.start()
        self._start_nginx(program)

    def stop(self) -> None:
        """End everything by its process id."""
        if self._nginx is not None:
            self._nginx.terminate()
            self._nginx.wait(60)
        for process in self.processes:
            process.stop()
        self.valkey.stop()

    def _start_nginx(self, program: str) -> None:
        folder = self.data_dir.parent / "nginx"
        folder.mkdir()
        configuration = folder / "nginx.conf"
        configuration.write_text(
            _NGINX.format(folder=folder, port=self.port, servers=_servers(self.processes)), encoding="ascii"
        )
        with (folder / "output.log").open("wb") as log:
            self._nginx = subprocess.Popen(
                [program, "-p", str(folder), "-c", str(configuration)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        give_up_s = time.monotonic() + START_TIMEOUT_S
        while not _listens(self.port):
            assert self._nginx.poll() is None, (folder / "output.log").read_text()
            assert time.monotonic() < give_up_s, "nginx does not listen"
            # A port that opens gives no event to wait for.
            time.sleep(0.02)


def _servers(processes: Sequence[RunningService]) -> str:
    # Whoever refused once is asked again at once: a process that was killed is back in a moment.
    return "\n".join(f"        server 127.0.0.1:{process.port} max_fails=0;" for process in processes)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
