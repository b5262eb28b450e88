"""A host on loopback that speaks TLS with a certificate of its own, and says whatever a test wants it to say."""

from __future__ import annotations

import ipaddress
import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

NAMES = ("localhost.test", "other.test", "localhost")


@dataclass
class Page:
    """An answer; `slowly` is seconds before each byte of the body, `whole` whether all of the promised length is sent."""

    body: bytes = b"# Posts\n1. Ask before you post.\n"
    kind: str = "text/markdown"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    slowly: float = 0
    whole: bool = True


@dataclass
class Host:
    """The host while it runs: its port, its pages by path, and the requests it was sent."""

    port: int
    certificate: Path
    pages: dict[str, Page | Callable[[], Page]]
    requests: list[tuple[str, dict[str, str]]]

    @property
    def entry(self) -> str:
        """What the setting `fetch_hosts` has to hold."""
        return f"localhost.test:{self.port}=127.0.0.0/8"

    @property
    def trust(self) -> ssl.SSLContext:
        """Trusts this host's certificate only."""
        return ssl.create_default_context(cafile=str(self.certificate))

    def url(self, path: str, name: str = "localhost.test") -> str:
        """The address of a page."""
        return f"https://{name}:{self.port}{path}"


def certificate(folder: Path) -> tuple[Path, Path]:
    """A self-signed certificate and its key, as files."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAMES[0])])
    now = datetime.now(UTC)
    names = [*map(x509.DNSName, NAMES), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.PrivateFormat.PKCS8
    (folder / "key.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, plain, serialization.NoEncryption()))
    return folder / "cert.pem", folder / "key.pem"


def start(folder: Path) -> tuple[Host, Callable[[], None]]:
    """The host, serving, and what ends it."""
    cert, key = certificate(folder)
    pages: dict[str, Page | Callable[[], Page]] = {}
    requests: list[tuple[str, dict[str, str]]] = []
    ended = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            requests.append((self.path, dict(self.headers)))
            found = pages.get(self.path, Page(b"", status=404))
            page = found() if callable(found) else found
            self.send_response(page.status)
            if page.kind:
                self.send_header("Content-Type", page.kind)
            if page.whole:
                self.send_header("Content-Length", str(len(page.body)))
            else:
                self.send_header("Content-Length", str(len(page.body) + 10))
            for name, value in page.headers.items():
                self.send_header(name, value)
            self.end_headers()
            try:
                if not page.slowly:
                    self.wfile.write(page.body)
                for at in range(len(page.body) if page.slowly else 0):
                    if ended.wait(page.slowly):
                        return
                    self.wfile.write(page.body[at : at + 1])
            except OSError:
                pass  # the client has had enough

        def log_message(self, *_given: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_given: object) -> None:
            pass  # handshakes that fail are what some tests want

    server = Server(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()

    def end() -> None:
        ended.set()
        server.shutdown()
        thread.join()
        server.server_close()

    return Host(server.server_address[1], cert, pages, requests), end
