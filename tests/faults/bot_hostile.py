"""Hostile feeds by the hundred: what each answers before, while and after it misbehaves, and whether its news is due at once."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tests.bot_world import KEYWORD, item, rss
from tests.http_server import (
    Answer,
    Script,
    Seen,
    Wire,
    drip_body,
    drip_headers,
    endless_body,
    endless_continue,
    endless_headers,
    gzip_bomb,
    head,
    raw,
    redirect,
    silent,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A feed that turns hostile. `due`: its news can be read through the hostility, not only after it."""

    name: str
    hostile: Script
    due: bool = True
    slow: bool = False
    never: bool = False  # too old to be told when it first appears: recorded only
    keys: str = ""
    base: Script | None = None

    @property
    def mark(self) -> str:
        """Return what the alert's text must hold."""
        return f"mark-{self.name}-end"


def news(mark: str) -> str:
    """Return the title of the news that is due."""
    return f"A {KEYWORD} was seen, {mark}"


def old(name: str) -> str:
    """Return an entry that was there at the first poll."""
    return item(f"old-{name}", f"Nothing of note at {name} today")


def good(name: str) -> Script:
    """Return the feed as it is once it is well again: the news and what was there before."""
    return Answer(body=rss([item(f"new-{name}", news(f"mark-{name}-end")), old(name)]))


def _document(
    name: str, inner: str = "", *, before: str = "", head: str = "<?xml version='1.0' encoding='utf-8'?>"
) -> str:
    """Return an RSS text with the news, an old entry and something odd in between."""
    return (
        f"{head}{before}<rss version='2.0'><channel><title>T</title><link>https://news.example/</link>"
        f"<description>d</description>{item(f'new-{name}', news(f'mark-{name}-end'))}{inner}{old(name)}"
        "</channel></rss>"
    )


def _said(name: str, body: bytes, content_type: str = "application/xml", **headers: str) -> Kind:
    return Kind(
        name=name,
        hostile=Answer(
            body=body,
            content_type=content_type,
            headers={key.replace("_", "-"): value for key, value in headers.items()},
        ),
    )


def _not(name: str, script: Script, *, slow: bool = False) -> Kind:
    return Kind(name=name, hostile=script, due=False, slow=slow)


# ---------------------------------------------------------------------------- kinds


def encodings() -> Iterator[Kind]:
    """Yield charsets, declared, undeclared and belied."""
    for code in (
        "utf-8", "utf-16", "utf-16-le", "utf-16-be", "iso-8859-1", "iso-8859-15", "windows-1252", "windows-1251",
        "koi8-r", "shift_jis", "euc-jp", "gb18030", "big5", "euc-kr", "us-ascii", "iso-2022-jp",
    ):  # fmt: skip
        name = f"enc-{code.replace(chr(95), chr(45))}"
        text = _document(name, head=f"<?xml version='1.0' encoding='{code}'?>")
        yield _said(name, text.encode(code))
        yield _said(
            f"{name}-header", _document(f"{name}-header", head="").encode(code), f"text/xml; charset={code}"
        )
    plain = {
        "bom": b"\xef\xbb\xbf%s",
        "bom-newline": b"\xef\xbb\xbf\n%s",
        "blank-before": b"\n\n  %s",
        "junk-before": b"PHP Notice: x in y on line 3\n%s",
        "comment-after": b"%s<!-- end -->",
        "junk-after": b"%s\n</html>junk",
        "nul-bytes": b"%s\x00\x00",
        "twice": b"%s",
    }
    for name, shape in plain.items():
        yield _said(name, shape.replace(b"%s", _document(name).encode()))
    for label in ("x-unknown", "utf-8", "ascii", "utf-7", "'", "hex", "rot13", "utf-16"):
        name = f"header-says-{label.strip(chr(39)) or 'quote'}"
        yield _said(name, _document(name).encode(), f"application/rss+xml; charset={label}")
    name = "bad-utf8"
    yield _said(
        name,
        _document(name, "<item><title>\x01X\x02</title></item>").encode().replace(b"\x01", b"\xff\xfe\xc3"),
    )
    name = "declares-utf16-is-utf8"
    yield _said(name, _document(name, head="<?xml version='1.0' encoding='utf-16'?>").encode())
    name = "declares-nonsense"
    yield _said(name, _document(name, head="<?xml version='1.0' encoding='banana'?>").encode())
    name = "cp1252-in-utf8"
    yield _said(
        name, _document(name, "<item><title>X\x01Y</title></item>").encode().replace(b"\x01", b"\x93")
    )


def types() -> Iterator[Kind]:
    """Yield content types that lie."""
    for kind in (
        "text/html", "text/plain", "application/octet-stream", "application/json", "image/png", "", "nonsense",
        "application/pdf", "multipart/mixed; boundary=x", 'text/xml; charset="utf-8"; x=\xe9',
    ):  # fmt: skip
        name = "type-" + ("".join(c if c.isascii() and c.isalnum() else "-" for c in kind) or "none")
        yield _said(name, _document(name).encode(), kind)


def markup() -> Iterator[Kind]:
    """Yield XML that is broken, crafted or unusual."""
    nest = "<x>" * 5_000 + "</x>" * 5_000
    attributes = " ".join(f"a{n}='{n}'" for n in range(20_000))
    odd: dict[str, str] = {
        "undeclared-entity": "<item><title>a &nbsp; b &bogus; c</title></item>",
        "bare-ampersand": "<item><title>AT&T & more</title></item>",
        "surrogate": "<item><title>x &#xD800; y</title></item>",
        "beyond-unicode": "<item><title>x &#x110000; y</title></item>",
        "huge-reference": "<item><title>x &#99999999999; y</title></item>",
        "null-reference": "<item><title>x &#0; y</title></item>",
        "control-reference": "<item><title>x &#7; &#27;[31m y</title></item>",
        "unclosed-item": "<item><title>never closed",
        "unclosed-cdata": "<item><description><![CDATA[ <b>x ]]></description></item>",
        "nested-cdata": "<item><description><![CDATA[ <![CDATA[ x ]]></description></item>",
        "no-namespace": "<item><media:content url='x'/><dc:date>x</dc:date></item>",
        "uppercase": "<ITEM><TITLE>UP</TITLE></ITEM>",
        "deep": f"<item><title>n</title><description>{nest}</description></item>",
        "many-attributes": f"<item {attributes}><title>x</title></item>",
        "long-author": f"<item><title>x</title><author>{'a@' * 60_000}</author></item>",
        "srs-name": "<item xmlns:gml='http://www.opengis.net/gml'><gml:Point srsName='('><gml:pos>1 2</gml:pos></gml:Point></item>",
        "duplicate-attribute": "<item a='1' a='2'><title>x</title></item>",
        "instruction": "<?php echo 'x'; ?><item><title>x</title></item>",
        "huge-comment": f"<!-- {'x' * 500_000} -->",
        "double-title": "<item><title>one</title><title>two</title></item>",
        "html-entities": "<item><title>&amp;lt;script&amp;gt;alert(1)&amp;lt;/script&amp;gt;</title></item>",
        "xhtml-in-item": "<item><title>x</title><div xmlns='http://www.w3.org/1999/xhtml'><script>x</script></div></item>",
        "empty-items": "<item/><item></item><item> </item>" * 50,
        "bad-name": "<item><1bad>x</1bad></item>",
        "spaces-in-tag": "< item>< /item>",
        "mismatched": "<item><title>x</description></item>",
        "enclosures": "<item><title>x</title><enclosure url='javascript:alert(1)' length='-1' type=''/></item>"
        * 100,
        "bad-geo": "<item xmlns:georss='http://www.georss.org/georss'><georss:point>x y z</georss:point></item>",
        "bad-base": "<item xml:base='http://[::1'><title>x</title><link>y</link></item>",
        "tabs-and-cr": "<item>\r\t<title>\r\nx\r</title></item>",
    }
    for name, inner in odd.items():
        yield _said(f"xml-{name}", _document(f"xml-{name}", inner).encode())
    doctypes = {
        "simple": "<!DOCTYPE rss>",
        "public": "<!DOCTYPE rss PUBLIC '-//Netscape//DTD RSS 0.91//EN' 'http://127.0.0.2:9/rss.dtd'>",
        "entity": "<!DOCTYPE rss [<!ENTITY x 'y'>]>",
        "xxe-file": "<!DOCTYPE rss [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>",
        "xxe-http": "<!DOCTYPE rss [<!ENTITY x SYSTEM 'http://169.254.169.254/latest/'>]>",
        "parameter": "<!DOCTYPE rss [<!ENTITY % p SYSTEM 'http://127.0.0.2:9/x'> %p;]>",
        "backslash": "<!DOCTYPE rss [<!ENTITY x '\\1\\g<9>'>]>",
        "laughs": "<!DOCTYPE rss [<!ENTITY a 'ha'>" + "".join(
            f"<!ENTITY {chr(98 + n)} '{f'&{chr(97 + n)};' * 10}'>" for n in range(10)
        ) + "]>",
    }  # fmt: skip
    for name, doctype in doctypes.items():
        used = "<item><title>&x; &k;</title></item>" if name not in ("simple", "public") else ""
        yield _said(f"dtd-{name}", _document(f"dtd-{name}", used, before=doctype).encode())


def formats() -> Iterator[Kind]:
    """Yield the other formats."""
    for name in ("rss091", "rss092", "rss10", "rss-no-version", "rss-99"):
        version = {"rss091": "0.91", "rss092": "0.92", "rss10": "1.0", "rss-99": "99"}.get(name)
        text = _document(name).replace(" version='2.0'", f" version='{version}'" if version else "")
        yield _said(name, text.encode())
    now = datetime.now(UTC).isoformat()
    name = "rdf"
    yield _said(
        name,
        (
            "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'>"
            "<channel rdf:about='https://n.example/'><title>T</title><link>https://n.example/</link></channel>"
            f"<item rdf:about='https://n.example/1'><title>{news(f'mark-{name}-end')}</title>"
            "<link>https://n.example/1</link></item></rdf:RDF>"
        ).encode(),
    )
    for name, space in (("atom10", "http://www.w3.org/2005/Atom"), ("atom03", "http://purl.org/atom/ns#")):
        yield _said(
            name,
            (
                f"<feed xmlns='{space}'><id>x</id><title>T</title><updated>{now}</updated><entry><id>urn:{name}</id>"
                f"<title type='html'>{news(f'mark-{name}-end')}</title><updated>{now}</updated>"
                "<link href='/there'/></entry></feed>"
            ).encode(),
        )
    for name, version in (("json10", "1"), ("json11", "1.1")):
        feed = {
            "version": f"https://jsonfeed.org/version/{version}",
            "title": "T",
            "items": [
                {
                    "id": 7,
                    "title": news(f"mark-{name}-end"),
                    "url": f"https://n.example/{name}",
                    "content_text": "\ud800 x",
                },
                {"id": None, "title": 3},
                "no object",
            ],
        }
        yield _said(name, json.dumps(feed).encode(), "application/feed+json")


def texts() -> Iterator[Kind]:
    """Yield titles that would harm a terminal, a channel or a database."""
    naughty: dict[str, str] = {
        "channel": "<!channel> <!here> <!everyone> <@U123> <#C123> <!subteam^S1>",
        "link": "<http://evil.example|click> &lt;!channel&gt;",
        "markdown": "*bold* _it_ ~st~ `code` ```pre``` > quote",
        "bidi": "\u202e\u2066abc\u2069\u202c\u200f",
        "zero-width": "a\u200bb\u200cc\u200dd\ufeffe\u2060",
        "zalgo": "Z" + "\u0300\u0316\u0489" * 200,
        "emoji": "👩‍👩‍👧‍👦🏴󠁧󠁢󠁥󠁮󠁧󠁿" * 200,
        "rtl": "مرحبا بالعالم " * 40,
        "cjk": "田中さんにあげて下さい" * 60,
        "sql": "'; DROP TABLE articles; -- \" OR 1=1",
        "format": "%s %n {0} {{x}} ${x} #{x} %(x)s {x!r}",
        "newlines": "a\nb\r\nc\u2028d\u2029e\x85f",
        "tabs": "a\tb\x0bc\x0cd",
        "html": "<b>bold</b><script>alert(1)</script><img src=x onerror=alert(1)>",
        "entities": "&amp;amp; &lt;&gt; &quot; &#39; &amp;",
        "urls": "http://a.example/?x=1&y=2 https://b.example mailto:x@y.example tel:1",
        "quotes": "‘’“”«»„‟'\"`´",
        "path": "../../../../etc/passwd C:\\con\\con",
        "csv": "=cmd|' /C calc'!A0 +1 -1 @x",
        "numbers": "NaN Infinity -0 1e999 0x7fffffff 00 1/0",
        "null-words": "null undefined None nil NULL (null) true false",
        "yaml": "- &a [*a] !!python/object: x: {y} # z",
        "json": '{"a": ["b\\u0000"]}',
        "long": "word " * 40_000,
        "one-word": "w" * 200_000,
        "ampersands": "&" * 3_000,
        "angles": "<" * 3_000,
        "pipes": "|" * 3_000,
        "astral": "𝕋𝕙𝕖 𝕢𝕦𝕚𝕔𝕜 " * 300,
        "private-use": "\ue000\uf8ff\U000f0000",
        "noncharacter": "\ufdd0\ufffe",
        "math": "𝒵𝑒𝒷𝓇𝒶 \u00ad soft\u00adhyphen",
        "token": "xoxb-not-a-real-one https://hooks.slack.com/services/T/B/x",
    }
    for name, words in naughty.items():
        full = f"text-{name}"
        for where in ("title", "body"):
            kind = full if where == "title" else f"{full}-body"
            title = news(f"mark-{kind}-end") + (f" {words}" if where == "title" else "")
            one = item(f"new-{kind}", title, words if where == "body" else "short")
            yield _said(kind, rss([one, old(kind)]))
    name = "empty-title"
    yield _said(name, rss([item(f"new-{name}", "", news(f"mark-{name}-end")), old(name)]))


def links() -> Iterator[Kind]:
    """Yield links that must not be followed, shown or trusted."""
    for number, link in enumerate((
        "javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "", "/relative", "//host.example/x",
        "https://x.example/" + "a" * 10_000, "https://x.example/a|b>c<d \"e'", "https://user:pw@x.example/",
        "http://127.0.0.2:9/private", "ftp://x.example/", "mailto:a@x.example", "https://ünïcode.example/ä",
        "http://[::1", "https://x.example/\n\nz", "https://x.example:99999/", "https:///nohost", "HTTP://X.EXAMPLE/UP",
        "https://x.example/?utm_source=rss&fbclid=1#frag", "vbscript:x", " https://x.example/spaces ", "#", "?q=1",
        "https://x.example/%00%zz", "https://xn--a.example/", "urn:isbn:1",
    )):  # fmt: skip
        name = f"link-{number}"
        yield _said(name, rss([item(f"new-{name}", news(f"mark-{name}-end"), link=link), old(name)]))


def identities() -> Iterator[Kind]:
    """Yield GUIDs, orders and dates that mislead."""
    for name, guid in (
        ("guid-empty", ""), ("guid-blank", "  "), ("guid-huge", "g" * 100_000), ("guid-same-as-old", "old-guid-same-as-old"),
        ("guid-odd", "\u202e<x>&'\""),
    ):  # fmt: skip
        yield _said(
            name, rss([item(guid, news(f"mark-{name}-end"), link=f"https://n.example/{name}"), old(name)])
        )
    name = "guid-repeated"
    many = [item("same", f"Filler number {n} of this feed", link=f"https://n.example/r{n}") for n in range(5)]
    yield _said(
        name, rss([item("same", news(f"mark-{name}-end"), link="https://n.example/rep"), *many, old(name)])
    )
    name = "entry-thrice"
    yield _said(name, rss([item(f"new-{name}", news(f"mark-{name}-end"))] * 3 + [old(name)]))
    for name in ("guid-changes", "date-changes", "title-dressed"):
        yield Kind(name=name, hostile=_restless(name))
    for name, date in (
        ("date-absent", ""), ("date-invalid", "yesterday-ish"), ("date-2099", "Thu, 01 Jan 2099 00:00:00 GMT"),
        ("date-1970", "Thu, 01 Jan 1970 00:00:00 GMT"), ("date-year-0", "0000-00-00T00:00:00Z"),
        ("date-year-1", "0001-01-01T00:00:00+14:00"), ("date-9999", "9999-12-31T23:59:59-23:59"),
        ("date-number", "1e400"), ("date-long", "1" * 5_000), ("date-french", "lundi 3 mars 2026 à 12 h"),
        ("date-zone", "Mon, 03 Mar 2026 12:00:00 +9999"), ("date-second-60", "2026-06-30T23:59:60Z"),
    ):  # fmt: skip
        text = item(f"new-{name}", news(f"mark-{name}-end"))
        start, end = text.index("<pubDate>") + 9, text.index("</pubDate>")
        fresh = name not in ("date-zone", "date-second-60")
        yield Kind(
            name=name,
            hostile=Answer(body=rss([text[:start] + date + text[end:], old(name)])),
            due=fresh,
            never=not fresh,
        )


def _restless(name: str) -> Script:
    """Change GUID, date or markup of the same entries at each request."""
    count = [0]

    def script(seen: Seen, wire: Wire) -> None:
        count[0] += 1
        n = count[0]
        guid = f"g{n}" if name == "guid-changes" else "g"
        title = news(f"mark-{name}-end") + (" " * n if name == "title-dressed" else "")
        age = timedelta(minutes=-n) if name == "date-changes" else timedelta()
        entries = [item(guid, title, link="https://n.example/restless-" + name, age=age), old(name)]
        Answer(body=rss(entries if n % 2 else entries[::-1]))(seen, wire)

    return script


def transfers() -> Iterator[Kind]:
    """Yield what happens to good bodies on the way."""

    def ok(name: str) -> bytes:
        return _document(name).encode()

    name = "gzip"
    yield _said(name, gzip.compress(ok(name)), Content_Encoding="gzip")
    name = "x-gzip"
    yield _said(name, gzip.compress(ok(name)), Content_Encoding="x-gzip")
    name = "deflate"
    yield _said(name, zlib.compress(ok(name)), Content_Encoding="deflate")
    name = "deflate-raw"
    packer = zlib.compressobj(wbits=-15)
    yield _said(name, packer.compress(ok(name)) + packer.flush(), Content_Encoding="deflate")
    name = "identity"
    yield _said(name, ok(name), Content_Encoding="identity")
    name = "gzip-members"
    half = ok(name)
    yield _said(name, gzip.compress(half[:200]) + gzip.compress(half[200:]), Content_Encoding="gzip")
    name = "chunked"
    pieces = b"".join(b"%x\r\n%s\r\n" % (1, ok(name)[n : n + 1]) for n in range(len(ok(name))))
    yield Kind(name=name, hostile=raw(head(200, {"Transfer-Encoding": "chunked"}) + pieces + b"0\r\n\r\n"))
    name = "gzip-lie"
    yield _said(name, ok(name), Content_Encoding="gzip")
    name = "no-length"
    yield Kind(name=name, hostile=raw(head(200, {"Content-Type": "text/xml"}) + ok(name)))
    name = "cookies"
    yield _said(name, ok(name), Set_Cookie="a=b; Domain=.example; Path=/")
    name = "status-203"
    yield Kind(name=name, hostile=Answer(status=203, body=ok(name)))
    name = "big"
    yield _said(name, _document(name, f"<!--{'x' * 4_000_000}-->").encode())
    name = "five-thousand"
    yield _said(
        name,
        _document(name, "".join(item(f"f{n}", f"Filler number {n} of many") for n in range(5_000))).encode(),
    )
    broken: dict[str, Script] = {
        "gzip-cut": Answer(body=gzip.compress(ok("x") * 50)[:-40], headers={"Content-Encoding": "gzip"}),
        "brotli": Answer(body=b"\x0b\x02\x80x\x03", headers={"Content-Encoding": "br"}),
        "zstd": Answer(body=b"x", headers={"Content-Encoding": "zstd"}),
        "gzip-twice": Answer(
            body=gzip.compress(gzip.compress(b"x")), headers={"Content-Encoding": "gzip, gzip"}
        ),
        "gzip-bomb": Answer(body=gzip_bomb(1 << 28), headers={"Content-Encoding": "gzip"}),
        "chunk-error": raw(head(200, {"Transfer-Encoding": "chunked"}) + b"zz\r\nx\r\n"),
        "chunk-cut": raw(head(200, {"Transfer-Encoding": "chunked"}) + b"ff\r\nx", reset=True),
        "length-lies": raw(head(200, {"Content-Length": "99999"}) + b"<rss>"),
        "length-twice": raw(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 9\r\n\r\n<rss>"),
        "reset": raw(b"", reset=True),
        "reset-later": raw(head(200, {}) + b"<rss><channel>", reset=True),
        "http09": raw(b"<rss version='2.0'></rss>"),
        "garbage": raw(bytes(range(256)) * 20),
        "status-odd": raw(b"HTTP/1.1 999 What\r\n\r\n"),
        "status-word": raw(b"HTTP/1.1 OK\r\n\r\n"),
        "header-odd": raw(b"HTTP/1.1 200 OK\r\n: x\r\n\x00y: z\r\n\r\n"),
        "header-huge": raw(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 2_000_000 + b"\r\n\r\n"),
        "endless-headers": endless_headers(),
        "endless-body": endless_body(),
        "endless-continue": endless_continue(),
        "nothing": raw(b""),
    }
    for name, script in broken.items():
        yield _not(name, script)
    for name, script in {
        "drip-body": drip_body(0.05),
        "drip-chunks": drip_body(0.05, chunked=True),
        "drip-headers": drip_headers(0.05),
        "silent": silent(),
    }.items():
        yield _not(name, script, slow=True)


def refusals() -> Iterator[Kind]:
    """Yield statuses, redirects and pages that are no feeds."""
    for status in (
        204,
        206,
        300,
        304,
        400,
        401,
        402,
        403,
        404,
        406,
        410,
        418,
        425,
        429,
        451,
        500,
        502,
        503,
        504,
        520,
    ):
        yield _not(f"status-{status}", Answer(status=status, body=b"<html>no</html>"))
    yield _not("status-503-later", Answer(status=503, headers={"Retry-After": "99999999999"}))
    yield _not(
        "status-429-date", Answer(status=429, headers={"Retry-After": "Fri, 31 Dec 9999 23:59:59 GMT"})
    )
    for number, to in enumerate((
        "http://127.0.0.2/", "http://169.254.169.254/latest/meta-data/", "http://[::1]/", "http://10.0.0.1/",
        "file:///etc/passwd", "ftp://x.example/", "gopher://x/", "http://0.0.0.0/", "http://2130706433/",
        "http://0x7f.1/", "http://[::ffff:127.0.0.1]/", "http://127.1/", "//127.0.0.3/x", "http://user@127.0.0.1/",
        "http://100.64.0.1/", "http://192.168.1.1/", "", "http://", "javascript:x", "http://localhost:1/",
    )):  # fmt: skip
        yield _not(f"redirect-{number}", redirect(to))
    pages = {
        "html": (b"<!DOCTYPE html><html><head><title>Home</title></head><body>x</body></html>", "text/html"),
        "login": (b"<html><form action='/login'><input type='password'></form></html>", "text/html"),
        "challenge": (
            b"<html><title>Just a moment...</title><div id='cf-challenge'></div></html>",
            "text/html",
        ),
        "pdf": (b"%PDF-1.4\n%\xe2\xe3", "application/pdf"),
        "png": (b"\x89PNG\r\n\x1a\n", "image/png"),
        "json-error": (b'{"error": "down"}', "application/json"),
        "json-list": (b"[1, 2", "application/json"),
        "text": (b"service unavailable", "text/plain"),
        "blank": (b"   \n", "application/xml"),
        "empty": (b"", "application/xml"),
        "svg": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"),
        "soap": (b"<Envelope><Fault>x</Fault></Envelope>", "text/xml"),
        "sitemap": (b"<urlset><url><loc>https://x.example/</loc></url></urlset>", "application/xml"),
        "emptied": (rss([]), "application/xml"),
        "zip": (b"PK\x03\x04", "application/zip"),
        "exe": (b"MZ\x90\x00" * 1_000, "application/octet-stream"),
    }
    for name, (body, kind) in pages.items():
        yield _not(f"page-{name}", Answer(body=body, content_type=kind))


GROUPS: tuple[Callable[[], Iterator[Kind]], ...] = (
    encodings, types, markup, formats, texts, links, identities, transfers, refusals,
)  # fmt: skip


def all_kinds() -> tuple[Kind, ...]:
    """Return every kind; names are unique."""
    kinds = tuple(kind for group in GROUPS for kind in group())
    names = [kind.name for kind in kinds]
    assert len(names) == len(set(names)), sorted({name for name in names if names.count(name) > 1})
    return kinds
