"""A time-stamping authority of the tests' own, made and run with openssl: a root, a stamping certificate,
responses to requests.
"""

from __future__ import annotations

import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

CONFIG = """
[ req ]
distinguished_name = name
[ name ]
[ root ]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
[ stamping ]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
[ tsa ]
serial = DIR/serial
default_policy = 1.2.3.4.1
digests = sha256
signer_digest = sha256
ess_cert_id_alg = sha256
accuracy = secs:1
SETTINGS
ordering = no
tsa_name = no
ess_cert_id_chain = no
"""


class Authority:
    """An authority in a folder; ``root`` is its certificate in PEM, ``settings`` further lines of openssl's
    configuration of a time-stamping authority.
    """

    def __init__(self, folder: Path, name: str = "stamps", settings: str = "") -> None:
        if shutil.which("openssl") is None:
            pytest.skip("not run: openssl is not installed")
        self._folder = folder
        folder.mkdir(parents=True)
        (folder / "config").write_text(CONFIG.replace("SETTINGS", settings).replace("DIR", str(folder)))
        (folder / "serial").write_text("01\n")
        self._run("req", "-x509", "-subj", f"/CN={name} root", "-extensions", "root", *self._new("root"), "-out", "root.pem")  # fmt: skip
        self._run("req", "-subj", f"/CN={name}", *self._new("tsa"), "-out", "tsa.csr")
        self._run("x509", "-req", "-in", "tsa.csr", "-CA", "root.pem", "-CAkey", "root.key", "-set_serial", "2", "-days", "3650", "-extfile", "config", "-extensions", "stamping", "-out", "tsa.pem")  # fmt: skip
        self.root = (folder / "root.pem").read_bytes()

    def respond(self, request: bytes) -> bytes:
        """The response to a request."""
        (self._folder / "query").write_bytes(request)
        self._run("ts", "-reply", "-config", "config", "-section", "tsa", "-queryfile", "query", "-signer", "tsa.pem", "-inkey", "tsa.key", "-out", "reply")  # fmt: skip
        return (self._folder / "reply").read_bytes()

    def time_in(self, response: bytes) -> datetime:
        """The time that openssl reads in a response, to the microsecond."""
        (self._folder / "given").write_bytes(response)
        text = self._run("ts", "-reply", "-config", "config", "-in", "given", "-text")
        found = text.split("Time stamp: ")[1].split("\n")[0]
        form = "%b %d %H:%M:%S.%f %Y GMT" if "." in found else "%b %d %H:%M:%S %Y GMT"
        return datetime.strptime(found, form).replace(tzinfo=UTC)

    def _new(self, name: str) -> tuple[str, ...]:
        return (
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-config",
            "config",
            "-days",
            "3650",
            "-keyout",
            f"{name}.key",
        )

    def _run(self, *words: str) -> str:
        done = subprocess.run(
            ["openssl", *words], cwd=self._folder, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout
