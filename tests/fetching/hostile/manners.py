"""What hosts say about how they want to be visited: robots.txt as it is answered, and refusals with a time.

The grammar of robots.txt has its own table in `tests/fetching/test_robots_rules.py`; here is what comes around it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.scripted import Page, Raw, page, redirect

RULES = "User-agent: *\nDisallow: /a\n"
DENIED, READ, NETWORK, LATER = "robots_denied", "read", "network_error", "postponed"


@dataclass(frozen=True)
class Host:
    """What `/robots.txt` answers (and other paths of the host), and what comes of `/a` and `/b`."""

    robots: Page | Raw
    a: str
    b: str
    more: dict[str, Page | Raw] = field(default_factory=dict)


def led(hops: int, end: Page, *, location: str = "/r{}") -> dict[str, Page | Raw]:
    """So many redirects, one after the other, and what stands at the end."""
    steps: dict[str, Page | Raw] = {f"/r{n}": redirect(location.format(n + 1), 301) for n in range(1, hops)}
    return {**steps, f"/r{hops}": end}


ROBOTS: dict[str, Host] = {
    "a file": Host(page(RULES), DENIED, READ),
    "an empty file": Host(page(""), READ, READ),
    "a byte order mark": Host(page("\ufeff" + RULES), DENIED, READ),
    "a file that says it is HTML": Host(page(RULES, Content_Type="text/html"), DENIED, READ),
    "a file in Latin-1": Host(page(b"# caf\xe9\n" + RULES.encode()), DENIED, READ),
    "a page instead of a file": Host(page("<!doctype html><title>Home</title>Disallow: /"), READ, READ),
    "bytes that are no text": Host(page(bytes(range(256)) * 100), READ, READ),
    "206": Host(page(RULES, 206), DENIED, READ),
    "400": Host(page("no", 400), READ, READ),
    "401": Host(page("no", 401), READ, READ),
    "403": Host(page(RULES, 403), READ, READ),
    "404": Host(page(RULES, 404), READ, READ),
    "410": Host(page("no", 410), READ, READ),
    "451": Host(page("no", 451), READ, READ),
    "429": Host(page("no", 429), DENIED, DENIED),
    "500": Host(page(RULES, 500), DENIED, DENIED),
    "502": Host(page("no", 502), DENIED, DENIED),
    "503": Host(page("no", 503), DENIED, DENIED),
    "503 with a time": Host(page("no", 503, Retry_After="3600"), LATER, LATER),
    "429 with a time": Host(page("no", 429, Retry_After="3600"), LATER, LATER),
    "no answer": Host(lambda _: [], NETWORK, NETWORK),
    "no HTTP": Host(lambda _: [b"nonsense\r\n"], NETWORK, NETWORK),
    "a file cut short": Host(
        lambda _: [b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n" + RULES.encode()], DENIED, DENIED
    ),
    "an encoding that is not read": Host(page(b"x", Content_Encoding="br"), DENIED, DENIED),
    "a redirect": Host(redirect("/r1", 301), DENIED, READ, led(1, page(RULES))),
    "five redirects": Host(redirect("/r1", 301), DENIED, READ, led(5, page(RULES))),
    "redirects to a missing file": Host(redirect("/r1", 301), READ, READ, led(3, page("no", 404))),
    "redirects to a broken one": Host(redirect("/r1", 301), DENIED, DENIED, led(3, page("no", 500))),
    "redirects without end": Host(redirect("/r1", 301), READ, READ, led(30, page(RULES))),
    "a redirect to itself": Host(redirect("/robots.txt", 301), READ, READ),
    "redirects in a circle": Host(redirect("/r1", 301), READ, READ, led(2, redirect("/r1", 301))),
    "a redirect into a private network": Host(redirect("http://10.0.0.1/robots.txt"), NETWORK, NETWORK),
    "a rule beyond 500 KiB": Host(page("#" * 530_000 + "\n" + RULES), READ, READ),
    "a rule before 500 KiB": Host(page(RULES + "#" * 600_000), DENIED, READ),
    "a million rules": Host(page(RULES + "Disallow: /*x*y$\n" * 100_000), DENIED, READ),
}

# Status, Retry-After, and for how many seconds the host is left alone after it.
RESTS: dict[str, tuple[int, str | None, float]] = {
    "429 and seconds": (429, "600", 600),
    "503 and seconds": (503, "600", 600),
    "429 and a date": (429, "Mon, 02 Mar 2026 10:00:02 GMT", 3600),
    "503 and a date of the old form": (503, "Monday, 02-Mar-26 10:00:02 GMT", 3600),
    "a date gone by": (429, "Mon, 02 Mar 2020 10:00:00 GMT", 2),
    "no time": (429, None, 120),
    "no seconds": (429, "0", 2),
    "a year": (429, "31536000", 86_400),
    "a number beyond all numbers": (503, "9" * 400, 86_400),
    "a date beyond all dates": (503, "Fri, 31 Dec 9999 23:59:59 GMT", 86_400),
    "a negative number": (429, "-5", 120),
    "a fraction": (429, "1.5", 120),
    "words": (503, "soon", 120),
    "digits of another script": (429, "١٢٠", 120),
    "200 and a time": (200, "3600", 2),
    "403 and a time": (403, "3600", 2),
    "500": (500, None, 2),
}
