from __future__ import annotations

import socket
import ssl
import threading
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scraper.fetching import Answer, Client, Request
from tests.fetching.asking import loopback

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.config import FetchSettings

KEY = Path(__file__).with_name("localhost.pem")
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


@contextmanager
def speaking(sent: bytes, *, says_goodbye: bool) -> Iterator[int]:
    """A port that speaks TLS, sends some bytes and ends the connection, with or without TLS's own goodbye."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(KEY)

    def serve(server: socket.socket) -> None:
        plain, _ = server.accept()
        with suppress(OSError), context.wrap_socket(plain, server_side=True) as connection:
            connection.recv(4096)
            connection.sendall(sent)
            if says_goodbye:
                connection.unwrap()
            else:
                connection.shutdown(socket.SHUT_RDWR)

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve, args=(server,))
        thread.start()
        yield server.getsockname()[1]
        thread.join()


def fetch(settings: FetchSettings, port: int) -> Answer:
    with Client(settings, resolve=loopback) as client:
        client._session.verify = str(KEY)
        return client.fetch(Request("a", f"https://localhost:{port}/"))


def test_a_body_that_ends_with_the_connection_is_whole_where_tls_says_so(settings: FetchSettings) -> None:
    with speaking(HEAD + b"Connection: close\r\n\r\n<p>all of it", says_goodbye=True) as port:
        answer = fetch(settings, port)

    assert (answer.body, answer.failure) == (b"<p>all of it", None)


def test_a_body_that_ends_with_a_connection_cut_off_is_no_body(settings: FetchSettings) -> None:
    with speaking(HEAD + b"Connection: close\r\n\r\n<p>half of it", says_goodbye=False) as port:
        answer = fetch(settings, port)

    assert (answer.body, answer.failure) == (None, "network_error")
    assert (answer.error or "").startswith(f"TLS with localhost:{port} failed")


@pytest.mark.parametrize("says_goodbye", [True, False])
def test_a_body_of_known_length_needs_no_goodbye(settings: FetchSettings, says_goodbye: bool) -> None:
    with speaking(HEAD + b"Content-Length: 5\r\n\r\n<p>ok", says_goodbye=says_goodbye) as port:
        answer = fetch(settings, port)

    assert (answer.body, answer.failure) == (b"<p>ok", None)


def test_a_certificate_that_nobody_vouches_for_is_told_in_plain_words(settings: FetchSettings) -> None:
    with speaking(b"", says_goodbye=False) as port, Client(settings, resolve=loopback) as client:
        answer = client.fetch(Request("a", f"https://localhost:{port}/"))

    assert (answer.error or "").startswith(f"TLS certificate of localhost:{port} not valid: ")
