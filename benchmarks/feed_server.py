"""A thousand local feeds, each with an address of its own, for the benchmarks of polling.

python benchmarks/feed_server.py FEEDS

Prints the port, then serves `http://127.1.x.y:PORT/feed` until its input ends. The address says which feed it is,
so that limits per host hold none of them up. `GET /mode/304`, `/mode/plain` and `/mode/news` change what comes next:
validators are honoured; there are none; every twentieth feed has one new entry. `/ready` answers when it is done.
"""

from __future__ import annotations

import asyncio
import gzip
import random
import sys
from dataclasses import dataclass, field

ENTRIES = 30
TEXT = """
the of and to in a is that for it as was with be by on not he this are or his from at which but have an they you
market company shares report today new year government minister plan people country week city court police group
party water school energy price bank growth trade season game team music film health study research data cloud
chips software deal investor quarter profit revenue analysts chief executive workers union factory election vote
"""
WORDS = tuple(TEXT.split())
ITEM = (
    "<item><title>{title}</title><link>https://news.example/{feed}/{n}</link>"
    '<guid isPermaLink="false">{feed}-{n}</guid><pubDate>Mon, 23 Nov 2026 10:{minute:02}:00 GMT</pubDate>'
    "<description>{text}</description></item>"
)


def item(feed: int, number: int) -> str:
    """Return an entry of about 1.8 kB: a title and 200 words of HTML in paragraphs of 25, each with a link."""
    dice = random.Random(feed * 1000 + number)
    words = dice.choices(WORDS, k=200)
    paragraphs = [
        f'&lt;p&gt;{words[at]} &lt;a href="/{number}/{at}"&gt;{words[at + 1]} {words[at + 2]}&lt;/a&gt; '
        f"{' '.join(words[at + 3 : at + 23])} &lt;b&gt;{words[at + 23]}&lt;/b&gt; {words[at + 24]}.&lt;/p&gt;"
        for at in range(0, 200, 25)
    ]
    title = " ".join(dice.choices(WORDS, k=9)).capitalize()
    return ITEM.format(feed=feed, n=number, title=title, minute=number % 60, text="".join(paragraphs))


def document(feed: int, last: int) -> bytes:
    """Return a feed's document, newest first, as it goes over the wire."""
    items = "".join(item(feed, number) for number in range(last, last - ENTRIES, -1))
    head = f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Feed {feed}</title><language>en</language>'
    text = f"{head}<link>https://news.example/{feed}</link>{items}</channel></rss>"
    return gzip.compress(text.encode(), 6)


@dataclass(slots=True)
class World:
    """The feeds as they stand."""

    bodies: list[bytes]
    last: list[int] = field(default_factory=list)
    plain: bool = False

    def turn(self, mode: str) -> None:
        """Change what the feeds answer from now on."""
        self.plain = mode == "plain"
        if mode == "news":
            for feed in range(0, len(self.bodies), 20):
                self.last[feed] += 1
                self.bodies[feed] = document(feed, self.last[feed])

    def answer(self, feed: int, head: str) -> bytes:
        """Return the whole answer to a request for a feed."""
        etag = f'"{self.last[feed]}"'
        if not self.plain and f"if-none-match: {etag}" in head.lower():
            return f"HTTP/1.1 304 Not Modified\r\nETag: {etag}\r\nContent-Length: 0\r\n\r\n".encode()
        body = self.bodies[feed]
        validator = "" if self.plain else f"ETag: {etag}\r\n"
        lines = (
            f"HTTP/1.1 200 OK\r\n{validator}Content-Type: application/rss+xml\r\nContent-Encoding: gzip\r\n"
        )
        return f"{lines}Content-Length: {len(body)}\r\n\r\n".encode() + body


class Conversation(asyncio.Protocol):
    """One connection."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.seen = b""
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the connection."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer each request as soon as it is whole."""
        self.seen += data
        while b"\r\n\r\n" in self.seen:
            head, _, self.seen = self.seen.partition(b"\r\n\r\n")
            self.reply(head.decode("latin-1"))

    def reply(self, head: str) -> None:
        """Answer one request; the local address says for which feed."""
        path = head.split(" ", 2)[1]
        if path.startswith("/mode/"):
            self.world.turn(path.removeprefix("/mode/"))
            self.transport.write(b"HTTP/1.1 204 No Content\r\n\r\n")
            return
        _, _, high, low = self.transport.get_extra_info("sockname")[0].split(".")
        self.transport.write(self.world.answer(int(high) * 250 + int(low) - 1, head))
        if "connection: close" in head.lower():
            self.transport.close()


def address(feed: int, port: int) -> str:
    """Return host and port of a feed."""
    return f"127.1.{feed // 250}.{feed % 250 + 1}:{port}"


async def serve(feeds: int) -> None:
    """Serve until standard input ends."""
    world = World(bodies=[document(feed, ENTRIES) for feed in range(feeds)], last=[ENTRIES] * feeds)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Conversation(world), "0.0.0.0", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
