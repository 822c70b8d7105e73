"""The one door to slack_sdk's clients: every call ends in Slack's answer or in a value that says why not.

slack_sdk by itself posts twice when an answer is lost, follows redirects with the token in hand, takes its proxy
from the environment, and reads answers of any length for any time. Here: no retries, no redirects, no proxy but
the one configured, an answer of at most 16 MB within the time-out as a whole. No token is ever logged.
"""

from __future__ import annotations

import logging
import re
import urllib.request
from collections.abc import Callable, Mapping
from email.message import Message
from http.client import HTTPResponse
from typing import Any, cast
from urllib.error import HTTPError
from urllib.request import Request

from slack_sdk.errors import SlackApiError
from slack_sdk.web import WebClient
from slack_sdk.webhook import WebhookClient, WebhookResponse

from bot.alerts.port import Ambiguous, NotSent, Outcome, Posted, Refused, TryLater
from bot.alerts.slack_errors import outcome_of, outcome_of_exception, outcome_of_status, retry_after
from bot.clock import Clock

LOG = logging.getLogger("regwatch.slack")
MAX_ANSWER = 16 * 1024 * 1024
# Slack limits these per channel, which the pump keeps apart; every other method per workspace.
_PER_CHANNEL = frozenset({"chat.postMessage", "chat.update"})
_WORD = re.compile(r"[a-z][a-z0-9_.-]{0,79}")

Failure = Refused | TryLater | NotSent | Ambiguous
Fields = Mapping[str, object]


class SlackCalls:
    """Slack's Web API. `call` is safe to use from one thread at a time."""

    def __init__(
        self,
        token: str,
        *,
        clock: Clock,
        api_url: str = "https://slack.com/api/",
        timeout: float = 15.0,
        proxy: str = "",
    ) -> None:
        self.clock_ahead: float | None = (
            None  # seconds by which our wall clock runs ahead of Slack's, as last seen
        )
        self._clock = clock
        self._closed: dict[str, float] = {}  # methods that Slack asked not to call, and until when
        reader = _Reader(clock, timeout, proxy, self._heard_date)
        self._client = _Client(reader, token, api_url, timeout)

    def call(
        self, method: str, *, json: Fields | None = None, params: Fields | None = None
    ) -> Fields | Failure:
        """Call a method; the answer's fields when Slack says ok, else what its answer means.

        Inside a `Retry-After` of a method that is limited per workspace nothing is sent.
        """
        if (wait := self._closed.get(method, 0.0) - self._clock.monotonic()) > 0:
            return TryLater(code="ratelimited", after=wait)
        try:
            answer = self._client.api_call(
                method,
                json=dict(json) if json is not None else None,
                params=dict(params) if params is not None else None,
            )
        except SlackApiError as error:
            return self._failure(method, error)
        except Exception as error:  # noqa: BLE001 - slack_sdk lets out whatever json, codecs and sockets raise
            failure = _failure_of(outcome_of_exception(error))
            LOG.warning("%s: %s", method, failure.code)
            return failure
        data = answer.data
        return cast("Fields", data) if isinstance(data, dict) else Ambiguous(code="not_json")

    def _failure(self, method: str, error: SlackApiError) -> Failure:
        response = error.response
        data = response.data if isinstance(response.data, dict) else {}
        after = retry_after(response.headers or {})
        word = data.get("error")
        failure = _read_failure(str(word or ""), response.status_code, after, _detail(data))
        LOG.warning("%s: %s", method, failure.code)
        if response.status_code == 429 and after and method not in _PER_CHANNEL:
            self._closed[method] = self._clock.monotonic() + after
        return failure

    def _heard_date(self, header: str) -> None:
        try:
            theirs = _date_of(header)
        except (TypeError, ValueError):
            return
        self.clock_ahead = self._clock.now().timestamp() - theirs


class WebhookCalls:
    """An incoming webhook: says ok or an error word, never where the message stands."""

    def __init__(self, url: str, *, clock: Clock, timeout: float = 15.0, proxy: str = "") -> None:
        self._client = _Webhook(_Reader(clock, timeout, proxy, lambda _header: None), url, timeout)

    def send(self, body: Fields) -> Outcome:
        """Post a message's fields."""
        try:
            answer = self._client.send_dict(dict(body))
        except Exception as error:  # noqa: BLE001 - as above; an answer was not read, whatever the reason
            failure = outcome_of_exception(error)
        else:
            text = str(answer.body).strip()
            if answer.status_code == 200 and text == "ok":
                return Posted()
            headers = {name: str(value) for name, value in answer.headers.items()}
            failure = _read_failure(text, answer.status_code, retry_after(headers), "")
        LOG.warning("webhook: %s", getattr(failure, "code", ""))
        return failure


def _read_failure(word: str, status: int, after: float | None, detail: str) -> Failure:
    """Return what an error word and a status mean together; a status above 499 says the word is not to be relied on."""
    if status == 429:
        return _failure_of(outcome_of_status(429, after=after))
    if _WORD.fullmatch(word):
        outcome = outcome_of(word, after=after, detail=detail)
        unknown = isinstance(outcome, TryLater) and not outcome.known
        if not unknown or status == 200:
            return _failure_of(outcome)
    return _failure_of(outcome_of_status(status, after=after))


def _failure_of(outcome: Outcome) -> Failure:
    return Ambiguous(code="odd_answer") if isinstance(outcome, Posted) else outcome


def _detail(data: Fields) -> str:
    """Return the one thing beside the error word that helps: the missing scope, or the place of a bad block."""
    if needed := data.get("needed"):
        return f"needs the scope {needed}"
    metadata = data.get("response_metadata")
    messages = metadata.get("messages") if isinstance(metadata, dict) else None
    return str(messages[0])[:300] if isinstance(messages, list) and messages else ""


def _date_of(header: str) -> float:
    from email.utils import parsedate_to_datetime

    return parsedate_to_datetime(header).timestamp()


# ---------------------------------------------------------------------------- below slack_sdk


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A redirect would carry the token to another host, and turn a POST into a GET."""

    def redirect_request(self, *_args: object, **_more: object) -> None:
        """Refuse."""


class _Reader:
    """Opens requests and reads whole answers, bounded in size and time."""

    def __init__(self, clock: Clock, timeout: float, proxy: str, heard_date: Callable[[str], None]) -> None:
        self._clock = clock
        self._timeout = timeout
        self._heard_date = heard_date
        proxies = {"http": proxy, "https": proxy} if proxy else {}
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler(proxies), _NoRedirects())

    def read(self, request: Request) -> tuple[int, Message, str]:
        """Return status, headers and text. Raises what urllib, http.client and codecs raise, and TimeoutError."""
        deadline = self._clock.monotonic() + self._timeout
        try:
            answer: HTTPResponse | HTTPError = self._opener.open(request, timeout=self._timeout)
        except HTTPError as error:
            answer = error
        with answer:
            if date := answer.headers.get("Date"):
                self._heard_date(date)
            stream = answer.fp if isinstance(answer, HTTPError) else answer
            body = self._whole(cast("HTTPResponse", stream), deadline)
            charset = answer.headers.get_content_charset() or "utf-8"
            return answer.status or 0, answer.headers, body.decode(charset)

    def _whole(self, stream: HTTPResponse, deadline: float) -> bytes:
        pieces: list[bytes] = []
        size = 0
        while piece := stream.read1(65_536):
            pieces.append(piece)
            size += len(piece)
            if size > MAX_ANSWER or self._clock.monotonic() > deadline:
                raise TimeoutError("the answer is too long or too slow")
        if stream.length:
            raise ConnectionResetError("the answer was cut")
        return b"".join(pieces)


# slack_sdk logs bodies at DEBUG and below, NOTSET included; this logger says nothing, whatever the root does.
def _mute() -> logging.Logger:
    logger = logging.Logger("regwatch.slack_sdk", logging.CRITICAL + 1)  # noqa: LOG001 - kept out of the tree
    logger.addHandler(logging.NullHandler())
    return logger


class _Client(WebClient):
    """slack_sdk's client over our own reader."""

    def __init__(self, reader: _Reader, token: str, api_url: str, timeout: float) -> None:
        super().__init__(
            token=token,
            base_url=api_url.rstrip("/") + "/",
            timeout=max(1, round(timeout)),
            retry_handlers=[],
            logger=_mute(),
        )
        self._reader = reader

    def _perform_urllib_http_request_internal(self, url: str, req: Request) -> dict[str, Any]:  # noqa: ARG002
        status, headers, body = self._reader.read(req)
        return {"status": status, "headers": headers, "body": body}


class _Webhook(WebhookClient):
    """slack_sdk's webhook client over our own reader."""

    def __init__(self, reader: _Reader, url: str, timeout: float) -> None:
        super().__init__(url=url, timeout=max(1, round(timeout)), retry_handlers=[], logger=_mute())
        self._reader = reader

    def _perform_http_request_internal(self, url: str, req: Request) -> WebhookResponse:
        status, headers, body = self._reader.read(req)
        return WebhookResponse(url=url, status_code=status, body=body, headers=dict(headers.items()))
