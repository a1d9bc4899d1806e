"""A throwaway web server with TLS in front of a service: what Caddy or nginx is in production, for one measurement.

Makes an authority and a certificate that live as long as it does, leads http to https, and passes on everything else
as it is. Knows nothing of the service.
"""

import contextlib
import socket
import socketserver
import ssl
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tools.service_process import free_port

TALK_S = 20.0
_PART = 65_536


class Front:
    """Listens on two free ports of this machine as long as it is entered; `authority` is the file to trust."""

    def __init__(self, folder: Path, host: str) -> None:
        self.authority = folder / "authority.pem"
        self._host = host
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(_make_certificate(folder, host, self.authority))
        self.service_port = free_port()
        self._https = _listen(self._pass_on)
        self._http = _listen(self._lead_on)
        self.https_port: int = self._https.server_address[1]
        self.http_port: int = self._http.server_address[1]

    def __enter__(self) -> Self:
        for server in (self._https, self._http):
            threading.Thread(target=server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        for server in (self._https, self._http):
            server.shutdown()
            server.server_close()

    def _lead_on(self, client: socket.socket) -> None:
        path = client.recv(_PART).split(b" ")[1].decode("ascii", errors="replace")
        client.sendall(
            f"HTTP/1.1 301 Moved Permanently\r\nLocation: https://{self._host}:{self.https_port}{path}\r\n"
            "Content-Length: 0\r\nConnection: close\r\n\r\n".encode()
        )

    def _pass_on(self, client: socket.socket) -> None:
        with (
            self._context.wrap_socket(client, server_side=True) as safe,
            socket.create_connection(("127.0.0.1", self.service_port), timeout=TALK_S) as service,
        ):
            # One request on each connection, so that the answer's end is the connection's.
            head, _, body = safe.recv(_PART).partition(b"\r\n\r\n")
            lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection:")]
            added = [b"Connection: close", b"X-Forwarded-For: 192.0.2.1", b"X-Forwarded-Proto: https"]
            service.sendall(b"\r\n".join([*lines, *added]) + b"\r\n\r\n" + body)
            while part := service.recv(_PART):
                safe.sendall(part)


def _listen(answer: Callable[[socket.socket], None]) -> socketserver.ThreadingTCPServer:
    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.settimeout(TALK_S)
            with contextlib.suppress(OSError, IndexError):
                answer(self.request)

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    return server


def _make_certificate(folder: Path, host: str, authority: Path) -> Path:
    """Make an authority and its certificate for a host; return the file with certificate and key."""
    now, issuer = (
        datetime.now(UTC),
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Exempel för en mätning")]),
    )
    authority_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())

    def begin(
        subject: x509.Name, public: ec.EllipticCurvePublicKey, *, is_authority: bool
    ) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder(issuer, subject, public, x509.random_serial_number())
            .not_valid_before(now - timedelta(hours=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        )

    root = begin(issuer, authority_key.public_key(), is_authority=True).sign(authority_key, hashes.SHA256())
    names = x509.SubjectAlternativeName([x509.DNSName(host)])
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    leaf = begin(subject, key.public_key(), is_authority=False).add_extension(names, critical=False)
    authority.write_bytes(root.public_bytes(serialization.Encoding.PEM))
    chain = folder / "certificate.pem"
    chain.write_bytes(
        leaf.sign(authority_key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return chain
