"""A server whose certificate a private authority signed, and a token that is asked for with scope and audience."""

from __future__ import annotations

import datetime
import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qsl

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from ledger.app.openadr.client import Credentials, Unreachable, Vtn
from ledger.errors import Malformed

FROM = datetime.datetime(2020, 1, 1)
TO = datetime.datetime(2120, 1, 1)


def authority(folder: Path) -> Path:
    """A certificate that signs itself, for this machine, as a small utility's private authority hands it out:
    without key identifiers. Its file beside that of its key.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(FROM)
        .not_valid_after(TO)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "ca.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return folder / "ca.pem"


class Handler(BaseHTTPRequestHandler):
    """Hands out tokens and empty lists, and keeps what the token was asked for with."""

    asked: ClassVar[list[dict[str, str]]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        Handler.asked.append(dict(parse_qsl(body)))
        self._answer({"access_token": "t"})

    def do_GET(self) -> None:
        self._answer([])

    def _answer(self, value: Any) -> None:
        data = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def serving(tls: Path | None = None) -> Iterator[str]:
    """The address of a server on this machine."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if tls is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(tls, tls.with_name("key.pem"))
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"{'http' if tls is None else 'https'}://localhost:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_server_of_a_private_authority_is_trusted_by_its_certificate(tmp_path: Path) -> None:
    ca = authority(tmp_path)
    with serving(ca) as url:
        assert Vtn(url, None, str(ca)).events() == b"[]"


def test_a_server_of_an_authority_that_is_not_known_is_not_asked(tmp_path: Path) -> None:
    with (
        serving(authority(tmp_path)) as url,
        pytest.raises(Unreachable, match="certificate verify failed"),
    ):
        Vtn(url, None).events()


def test_a_file_without_certificates_is_refused_before_anything_is_asked(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("nothing")
    with pytest.raises(Malformed, match=r"--ca .*ca\.pem holds no certificates in PEM"):
        Vtn("https://localhost:1", None, str(tmp_path / "ca.pem"))


def test_scope_and_audience_are_sent_with_the_credentials() -> None:
    """Authorization servers of several programs hand out a token for one of them only when it is named."""
    with serving() as url:
        Vtn(url, Credentials("ven-7", "x", scope="read_all", audience="https://vtn.example")).events()
    assert Handler.asked[-1] == {
        "grant_type": "client_credentials",
        "client_id": "ven-7",
        "client_secret": "x",
        "scope": "read_all",
        "audience": "https://vtn.example",
    }
