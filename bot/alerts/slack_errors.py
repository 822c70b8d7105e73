"""What each of Slack's answers means for a delivery: one table, used by token and webhook alike. Contains no I/O."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import urllib.error
from collections.abc import Mapping

from bot.alerts.port import Ambiguous, Fault, NotSent, Outcome, Refused, TryLater

DEFAULT_WAIT = 30.0  # seconds, where a rate limit names none

_LATER = {
    "ratelimited",
    "rate_limited",
    "request_timeout",  # our body arrived cut: nothing was done with it
    "message_limit_exceeded",
    "rollup_error",
}
_AMBIGUOUS = {
    "fatal_error",
    "internal_error",  # "possible some aspect of the operation succeeded"
    "service_unavailable",
    "org_login_required",
    "team_added_to_org",
}
_MESSAGE = {
    "msg_too_long", "msg_blocks_too_long", "invalid_blocks", "invalid_blocks_format", "no_text",
    "too_many_attachments", "metadata_too_large", "invalid_arguments", "invalid_payload", "blocks_mismatch",
    "markdown_text_conflict", "too_many_contact_cards", "attachment_payload_limit_exceeded", "invalid_attachments",
    "invalid_array_arg", "invalid_charset", "invalid_json", "json_not_object", "invalid_form_data",
}  # fmt: skip
_DESTINATION = {
    "channel_not_found", "not_in_channel", "is_archived", "channel_is_archived", "ekm_access_denied",
    "messages_tab_disabled", "no_service", "no_service_id", "no_active_hooks", "no_team", "team_not_found",
    "action_prohibited", "posting_to_general_channel_denied", "user_not_found", "cannot_post_to_channel",
    "slack_connect_file_link_sharing_blocked", "as_user_not_supported", "team_disabled",
}  # fmt: skip
_APP = {
    "invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "missing_scope",
    "no_permission", "not_allowed_token_type", "accesslimited", "access_denied", "app_access_restricted",
    "invalid_token", "two_factor_setup_required", "user_is_bot", "method_deprecated", "deprecated_endpoint",
}  # fmt: skip
_THREAD = {
    "message_not_found", "thread_not_found", "cannot_reply_to_message", "cant_update_message", "edit_window_closed",
    "invalid_thread_ts", "thread_locked", "is_inactive", "restricted_action_thread_locked", "invalid_ts",
}  # fmt: skip
_PREFIXES = (
    ("invalid_metadata_", Fault.MESSAGE),
    ("restricted_action", Fault.DESTINATION),
)


def outcome_of(code: str, *, after: float | None = None, detail: str = "") -> Outcome:
    """Return what an error word of Slack's means. A word that no table has is passing, and says so."""
    if code in _LATER:
        return TryLater(code=code, after=DEFAULT_WAIT if after is None else after)
    if code in _AMBIGUOUS:
        return Ambiguous(code=code, after=after)
    faults = (
        (_THREAD, Fault.THREAD),
        (_MESSAGE, Fault.MESSAGE),
        (_DESTINATION, Fault.DESTINATION),
        (_APP, Fault.APP),
    )
    for words, fault in faults:
        if code in words:
            return Refused(fault=fault, code=code, detail=detail)
    for prefix, fault in _PREFIXES:
        if code.startswith(prefix):
            return Refused(fault=fault, code=code, detail=detail)
    return TryLater(code=code, after=after, known=False)


def is_asked_pause(error: str) -> bool:
    """Tell whether a delivery's stored error is a pause that Slack asked for; every other may end with a new start."""
    code = error.partition(":")[0].strip()
    return code in _LATER or code == "http_429"


def blames_app(error: str) -> bool:
    """Tell whether an error word says that no call will go well until a person mends the app or its token."""
    code = error.partition(":")[0].strip()
    return (code in _APP and code != "missing_scope") or code in ("http_401", "http_403")


def waits_for_people(error: str) -> bool:
    """Tell whether an error word says that somebody must mend something; the others pass by themselves."""
    return blames_app(error) or isinstance(outcome_of(error.partition(":")[0].strip()), Refused)


def outcome_of_status(status: int, *, after: float | None = None) -> Outcome:
    """Return what an HTTP status without a readable error word means."""
    if status == 429:
        return TryLater(code="ratelimited", after=DEFAULT_WAIT if after is None else after)
    if status in (401, 403):
        return Refused(fault=Fault.APP, code=f"http_{status}")
    if status in (404, 410):
        return Refused(fault=Fault.DESTINATION, code=f"http_{status}")
    if status == 413:
        return Refused(fault=Fault.MESSAGE, code="http_413")
    if 300 <= status < 500:
        return TryLater(code=f"http_{status}", after=after, known=False)
    # 200 without JSON, 5xx, anything odd: the request arrived, and nobody says what became of it.
    return Ambiguous(code=f"http_{status}", after=after)


def outcome_of_exception(error: BaseException) -> Outcome:
    """Return what an exception of slack_sdk, urllib or http.client means; what is not known to be unsent is ambiguous."""
    cause: BaseException = error
    if isinstance(error, urllib.error.URLError) and not isinstance(error, urllib.error.HTTPError):
        reason = error.reason
        cause = reason if isinstance(reason, BaseException) else error
        # urllib wraps what fails before the answer's first byte; only these come before the request's.
    code = type(cause).__name__
    if isinstance(cause, ConnectionRefusedError | socket.gaierror | ssl.SSLCertVerificationError):
        return NotSent(code=code)
    if isinstance(cause, OSError) and cause.errno in _UNREACHABLE:
        return NotSent(code=code)
    if isinstance(cause, http.client.InvalidURL | UnicodeEncodeError):
        return NotSent(code=code)
    if isinstance(cause, json.JSONDecodeError):
        return Ambiguous(code="not_json")
    return Ambiguous(code=code)


def retry_after(headers: Mapping[str, object]) -> float | None:
    """Return the seconds that `Retry-After` asks for, or None; names in any case, a list of one allowed."""
    for name, value in headers.items():
        if name.lower() == "retry-after":
            text = str(value[0] if isinstance(value, list | tuple) and value else value).strip()
            try:
                seconds = float(text)
            except ValueError:
                return None
            return seconds if 0 <= seconds < float("inf") else None
    return None


# ENETUNREACH, EHOSTUNREACH, ENETDOWN, EHOSTDOWN and EADDRNOTAVAIL: no packet of ours got there.
_UNREACHABLE = frozenset({101, 113, 100, 112, 99})
