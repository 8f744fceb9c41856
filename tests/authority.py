"""A timestamp authority of a test's own: OpenSSL behind a real HTTP server on loopback, and what it can get wrong."""

from __future__ import annotations

import shutil
import subprocess
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="the command openssl is not here")

_CONFIG = """
[req]
distinguished_name = name
prompt = no
[name]
CN = An Example Root
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
subjectKeyIdentifier = hash
[signer]
basicConstraints = CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
[authority]
serial = {folder}/serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_alg = sha256
"""
_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


@dataclass
class Authority:
    """Answers as OpenSSL does; `twist` may turn the question or the answer into another, `status` is HTTP's."""

    folder: Path
    with_root: bool = True
    status: int = 200
    before: Callable[[bytes], bytes] = lambda question: question
    after: Callable[[bytes], bytes] = lambda answer: answer
    asked: list[tuple[str, bytes]] = field(default_factory=list)
    url: str = ""

    @property
    def root(self) -> Path:
        """The certificate that everything is signed under."""
        return self.folder / "root.pem"

    def reply(self, question: bytes) -> bytes:
        query, answer = self.folder / "question.tsq", self.folder / "answer.tsr"
        query.write_bytes(question)
        chain = ("-chain", str(self.root)) if self.with_root else ()
        _openssl(
            self.folder,
            *("ts", "-reply", "-config", "authority.cnf", "-section", "authority", "-queryfile", str(query)),
            *("-signer", "signer.pem", "-inkey", "signer.key", "-out", str(answer), *chain),
        )
        return answer.read_bytes()

    def serve(self) -> Iterator[Authority]:
        authority = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                question = self.rfile.read(int(self.headers["Content-Length"]))
                authority.asked.append((self.headers["Content-Type"], question))
                answer = authority.after(authority.reply(authority.before(question)))
                self.send_response(authority.status)
                self.send_header("Content-Type", "application/timestamp-reply")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                with suppress(OSError):
                    self.wfile.write(answer)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                pass

        with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
            threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
            self.url = f"http://127.0.0.1:{server.server_port}/stamp"
            yield self
            server.shutdown()


def make_certificates(folder: Path) -> None:
    """A root and a certificate for stamping under it, valid for ten years."""
    (folder / "authority.cnf").write_text(_CONFIG.format(folder=folder))
    (folder / "serial").write_text("01\n")
    config = ("-config", "authority.cnf")
    _openssl(
        folder,
        *("req", "-x509", *_KEY, "-keyout", "root.key", "-out", "root.pem", "-days", "3650", *config),
        *("-extensions", "root"),
    )
    _openssl(
        folder,
        *("req", *_KEY, "-keyout", "signer.key", "-out", "signer.csr", "-subj", "/CN=An Example Authority", *config),
    )
    _openssl(
        folder,
        *("x509", "-req", "-in", "signer.csr", "-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial"),
        *("-days", "3650", "-extfile", "authority.cnf", "-extensions", "signer", "-out", "signer.pem"),
    )


def _openssl(folder: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)
