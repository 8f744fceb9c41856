"""A made-up site of article pages that edits itself from one pass to the next, for measuring whoever looks at it again.

    python -m tests.benchmarks.refetch_site --pages 2000 --hosts 50 --size 80

A page has about `--size` thousand bytes (0.8 to 1.25 times as many): an article of 4 to 14 KB in the furniture of its
host, with fresh tokens in every answer and other teasers beside it. In each pass but the first, 9 pages in a hundred
have one more word edited. Half of the pages have validators and are answered 304 where they hold. Hosts are 127.0.0.1
and its neighbours as far as this machine has them, on one port. The process prints a line with the port and the number
of hosts once all pages are made; `GET /-/pass/2` begins the second pass.
"""

from __future__ import annotations

import argparse
import asyncio
import random
from functools import cache

from tests.benchmarks.compare_cases import Prose

EDITED = 0.09
SELECTOR = "article"
_SLOT = "\x00"
_TEASERS = "\x01"


class Site:
    """What the pages say: the same on every machine and in every process."""

    def __init__(self, pages: int, hosts: int, size: int) -> None:
        self.pages, self.hosts, self.size = pages, hosts, size * 1000
        self.article = cache(self._article)
        self.furniture = cache(self._furniture)

    def path(self, number: int) -> str:
        """The path of a page on its host."""
        return f"/{2020 + number % 7}/{1 + number % 12:02}/matter-{number}.html"

    def host(self, number: int) -> str:
        """The address of the host of a page."""
        return f"127.0.0.{1 + number % self.hosts}"

    def edited(self, number: int, to: int) -> bool:
        """Whether a page was edited between a pass, counted from 1, and the one before it."""
        return to > 1 and random.Random(f"edit {number} {to}").random() < EDITED

    def revision(self, number: int, at: int) -> int:
        """How often a page has been edited up to a pass."""
        return sum(self.edited(number, to) for to in range(2, at + 1))

    def has_validators(self, number: int) -> bool:
        """Whether a page has an ETag."""
        return number % 2 == 0

    def parts(self, number: int, revision: int) -> tuple[bytes, bytes, bytes]:
        """A page as it is before the article, the article, and what follows; tokens are not filled in."""
        head, tail = self.furniture(number % self.hosts)
        title = f"<title>Matter {number}</title>".encode()
        return head.replace(b"<title></title>", title), self.article(number, revision), tail

    def _article(self, number: int, revision: int) -> bytes:
        chance, makes = random.Random(f"article {number}"), Prose(number)
        paragraphs = makes.paragraphs(chance.randint(4_000, 14_000))
        for edit in range(1, revision + 1):
            sentences = chance.choice(paragraphs)
            at = chance.randrange(len(sentences))
            words = sentences[at].split(" ")
            words[chance.randrange(1, len(words) - 1)] = f"revised{edit}"
            sentences[at] = " ".join(words)
        told = "\n".join(f"<p>{' '.join(sentences)}</p>" for sentences in paragraphs)
        return f"<article><h1>Matter {number} before the council</h1>\n{told}\n</article>".encode()

    def _furniture(self, host: int) -> tuple[bytes, bytes]:
        makes = Prose(10_000 + host)
        menu = "".join(f'<li><a href="/section/{n}">{makes.word().title()}</a></li>' for n in range(40))
        head = (
            f"<!doctype html>\n<html lang=en><head><meta charset=utf-8><title></title><meta name=csrf content={_SLOT}>"
            f"<script nonce={_SLOT}>window.request='{_SLOT}'</script></head>\n<body data-visit={_SLOT}>"
            f"<header><nav><ul>{menu}</ul></nav></header>\n<main>\n"
        )
        tail = (
            f"\n</main><aside class=most-read><h2>Most read</h2><ul>{_TEASERS}</ul></aside>\n"
            f"<form><input type=hidden name=token value={_SLOT}></form><!-- {_SLOT} -->\n"
            f"<footer><p>Notices of host {host}</p></footer>\n"
        )
        size = self.size * random.Random(host).uniform(0.82, 1.25)
        filler = max(0, int(size) - 9_000 - len(head) - len(tail))
        styles = "".join(f".c{n}{{color:#{n % 4096:03x};margin:{n % 17}px}}\n" for n in range(filler // 60))
        scripts = "".join(f'{{"id":{n},"name":"{makes.word()}"}},\n' for n in range(filler // 60))
        data = f"<style>{styles}</style><script nonce={_SLOT}>var data=[{scripts}];var at='{_SLOT}'</script>"
        return head.encode(), f"{tail}{data}</body></html>".encode()


def answered(parts: tuple[bytes, bytes, bytes], chance: random.Random) -> bytes:
    """The page with fresh tokens, and its teasers in another order."""
    teasers = chance.sample(range(1_000), 10)
    listed = b"".join(b'<li><a href="/teaser/%d">Teaser number %d of the day</a></li>' % (n, n) for n in teasers)
    body = b"".join(parts).replace(_TEASERS.encode(), listed)
    pieces = body.split(_SLOT.encode())
    return b"".join([pieces[0], *(b"%032x%s" % (chance.getrandbits(128), piece) for piece in pieces[1:])])


class Visitor(asyncio.Protocol):
    """One kept-alive connection."""

    def __init__(self, site: Site, state: dict[str, int], chance: random.Random) -> None:
        self.site, self.state, self.chance = site, state, chance
        self.waiting = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer every request that is complete."""
        *complete, self.waiting = (self.waiting + data).split(b"\r\n\r\n")
        for request in complete:
            self.transport.write(self._answer(request.decode("latin-1")))
            if "connection: close" in request.decode("latin-1").lower():
                self.transport.close()

    def _answer(self, request: str) -> bytes:
        line, *headers = request.split("\r\n")
        path = line.split(" ")[1]
        if path.startswith("/-/pass/"):
            self.state["pass"] = int(path.rpartition("/")[2])
            return b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
        number = int(path[path.find("-") + 1 : -5]) if path.endswith(".html") else -1
        if not 0 <= number < self.site.pages or self.site.path(number) != path:
            return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
        revision = self.site.revision(number, self.state["pass"])
        tag = f'"{number}-{revision}"'
        named = f"ETag: {tag}\r\n".encode() if self.site.has_validators(number) else b""
        if named and f"if-none-match: {tag}" in (header.lower() for header in headers):
            return b"HTTP/1.1 304 Not Modified\r\n" + named + b"\r\n"
        body = answered(self.site.parts(number, revision), self.chance)
        head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nCache-Control: no-cache\r\n"
        return head + named + b"Content-Length: %d\r\n\r\n" % len(body) + body


async def _serve(pages: int, hosts: int, size: int) -> None:
    loop, state, chance = asyncio.get_running_loop(), {"pass": 1}, random.Random(3)
    site = Site(pages, 1, size)
    port, found = 0, 0
    for host in range(1, hosts + 1):
        try:
            server = await loop.create_server(lambda: Visitor(site, state, chance), f"127.0.0.{host}", port)
        except OSError:
            break  # outside of Linux the neighbours of 127.0.0.1 are not there unless they were set up
        port, found = server.sockets[0].getsockname()[1], host
    site.hosts = found
    for number in range(pages):
        site.article(number, 0)
    print(port, found, flush=True)
    await asyncio.Event().wait()


def main() -> None:
    """Serve until the process is ended."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=2000)
    parser.add_argument("--hosts", type=int, default=50)
    parser.add_argument("--size", type=int, default=80, help="thousand bytes of a page")
    given = parser.parse_args()
    asyncio.run(_serve(given.pages, given.hosts, given.size))


if __name__ == "__main__":
    main()
