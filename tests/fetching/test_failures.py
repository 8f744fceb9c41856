from __future__ import annotations

import errno
import http.client
import socket
import ssl

import pytest
import requests
from urllib3.exceptions import MaxRetryError, NewConnectionError, ProtocolError, ReadTimeoutError

from scraper.errors import FetchRefused
from scraper.fetching.failures import dropped, explain


def certificate(message: str) -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, f"certificate verify failed: {message}")
    error.verify_message = message
    return error


def wrapped(inner: BaseException) -> BaseException:
    """As the libraries hand it over: an error in an error in an error."""
    retry = MaxRetryError(None, "/", NewConnectionError(None, f"<Connection at 0x7f> {inner}"))  # type: ignore[arg-type]
    retry.reason.__cause__ = inner  # type: ignore[union-attr]
    return requests.ConnectionError(retry)


@pytest.mark.parametrize(
    ("inner", "line"),
    [
        (ConnectionRefusedError(111, "Connection refused"), "connection refused by example.org"),
        (socket.gaierror(-2, "Name or service not known"), "name does not resolve: example.org"),
        (TimeoutError("timed out"), "no whole answer from example.org within 30 s"),
        (certificate("certificate has expired"), "TLS certificate of example.org not valid: certificate has expired"),
        (ConnectionResetError(104, "Connection reset by peer"), "connection reset by example.org"),
        (http.client.RemoteDisconnected("x"), "example.org closed the connection without an answer"),
        (OSError(errno.ENETUNREACH, "Network is unreachable"), "example.org cannot be reached: network is unreachable"),
        (http.client.IncompleteRead(b"half", 6), "example.org broke off: 4 of 10 bytes of the body came"),
        (FetchRefused("10.0.0.1 is a private address"), "10.0.0.1 is a private address"),
        (ProtocolError("<object at 0x7f>"), "example.org broke off before the answer was whole"),
    ],
)
def test_the_cause_is_told_however_deep_it_lies(inner: BaseException, line: str) -> None:
    assert explain(wrapped(inner), "https://example.org/a", 30.0)[1] == line


def test_a_cause_among_the_arguments_is_found_too() -> None:
    error = requests.ConnectionError(ProtocolError("Connection aborted.", ConnectionResetError(104, "reset")))

    assert explain(error, "http://example.org:8001/", 30)[1] == "connection reset by example.org:8001"
    assert dropped(error)


def test_an_error_that_leads_to_itself_is_explained_once() -> None:
    error = ValueError("x")
    error.__cause__ = error

    assert explain(error, "http://[::1", 30)[1] == "the host gave an answer that could not be read (ValueError)"
    assert not dropped(error)


def test_no_line_holds_the_address_of_an_object() -> None:
    error = requests.ConnectionError(ReadTimeoutError(object(), "/", "<Pool at 0x7f> timed out"))  # type: ignore[arg-type]

    assert "0x" not in explain(error, "http://example.org/", 30)[1]
