"""A web server in front of the service that makes one mistake: for the tests of `doctor --outside`."""

import http.client
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Headers = list[tuple[str, str]]

HOP_BY_HOP = {"connection", "transfer-encoding", "keep-alive", "content-length", "server"}


@dataclass
class Mistake:
    """What it does wrong. `answer` gets path, status, headers and body, and gives those that are sent."""

    answer: Callable[[str, int, Headers, bytes], tuple[int, Headers, bytes]] = lambda _, *given: given
    request: Callable[[str, dict[str, str]], dict[str, str]] = lambda _, headers: headers
    server: str = ""
    asked: list[str] = field(default_factory=list)


@contextmanager
def faulty_proxy(port: int, mistake: Mistake) -> Iterator[int]:
    """Run it before the service on `port`; give its own port."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            mistake.asked.append(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = mistake.request(self.path, dict(self.headers.items()))
            behind = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            try:
                behind.request(self.command, self.path, body, headers)
                given = behind.getresponse()
                held = b"" if given.status == 101 else given.read()
                status, headers_back, held = mistake.answer(self.path, given.status, given.getheaders(), held)
            finally:
                behind.close()
            self.send_response_only(status)
            for name, value in headers_back:
                if name.lower() not in HOP_BY_HOP:
                    self.send_header(name, value)
            if mistake.server:
                self.send_header("Server", mistake.server)
            if status not in {101, 304}:
                self.send_header("Content-Length", str(len(held)))
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(held)
            self.close_connection = True

        do_POST = do_GET  # noqa: N815 -- http.server's own name

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
