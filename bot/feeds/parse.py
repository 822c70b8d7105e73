"""Parses bodies in supervised child processes: bounded in time, memory and answer, restarted when they fail.

The parent never looks into foreign XML or HTML. Children start when the first body comes, outlive many bodies and
end when the parent closes them or dies. Contains no knowledge of feed formats.
"""

from __future__ import annotations

import os
import queue
import selectors
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from bot.clock import Clock, SystemClock
from bot.errors import OperationError
from bot.feeds import parse_wire as wire
from bot.feeds.entry import ParseFailed, ParseOutcome

_BOOT = (
    "import sys; sys.path[:] = sys.argv[2:]; from bot.feeds.parse_worker import main; main(int(sys.argv[1]))"
)
# Nothing else of our environment reaches the child, least of all secrets.
_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TMPDIR", "LD_LIBRARY_PATH")
_CHUNK = 256 * 1024
_HEADERS = ("content-type", "content-language")


@dataclass(frozen=True, slots=True, kw_only=True)
class ParseLimits:
    """What one body may cost. Seconds and bytes."""

    wall: float = 10.0
    cpu: float = 10.0
    memory: int = 1024 * 1024 * 1024
    answer: int = wire.MAX_ANSWER
    start: float = 60.0  # a child's start on a busy machine
    heavy: int = 2_000_000  # a child that parsed a body this big is replaced, so that its memory goes back
    stop: float = 2.0


class _ChildDied(Exception):
    """The child is gone in the middle of a job."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class _ChildSlow(Exception):
    """The child did not answer in time."""


class Parser:
    """Turns bodies into entries, at most `workers` at a time. Thread-safe; close it in the end.

    `command` replaces the child's command line, for tests of the supervision.
    """

    def __init__(
        self,
        workers: int = 1,
        *,
        limits: ParseLimits | None = None,
        clock: Clock | None = None,
        command: Sequence[str] | None = None,
    ) -> None:
        self._limits = limits or ParseLimits()
        clock = clock or SystemClock()
        self._children = [_Child(self._limits, clock, command) for _ in range(max(1, workers))]
        # Last in, first out: a quiet bot keeps one child warm, not all of them.
        self._idle: queue.LifoQueue[_Child] = queue.LifoQueue()
        self._closed = threading.Event()
        for child in self._children:
            self._idle.put(child)

    def parse(
        self, body: bytes, *, headers: Mapping[str, str], seen: frozenset[str] = frozenset()
    ) -> ParseOutcome:
        """Return the feed that a decoded body holds; items whose digests are in `seen` give no entries.

        `headers` have lower-case names. Raises OperationError when closed or when no child can be started.
        """
        if self._closed.is_set():
            raise OperationError("The parser is closed.")
        child = self._idle.get()
        try:
            return self._parse_with(child, body, headers, seen)
        finally:
            if self._closed.is_set():
                child.stop()
            self._idle.put(child)

    def close(self) -> None:
        """End every child; one in the middle of a job is given a moment, then killed."""
        self._closed.set()
        for _ in self._children:
            try:
                self._idle.get(timeout=self._limits.stop).stop()
            except queue.Empty:
                break
        for child in self._children:
            child.kill()

    def __enter__(self) -> Parser:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _parse_with(
        self, child: _Child, body: bytes, headers: Mapping[str, str], seen: frozenset[str]
    ) -> ParseOutcome:
        known = {name: value for name in _HEADERS if (value := headers.get(name))}
        job = wire.request(body, wire.Job(headers=known, seen=seen, cpu=self._limits.cpu))
        # Twice, because a child may have been ended by something other than this body.
        for last in (False, True):
            try:
                outcome = wire.decode(child.ask(job))
            except _ChildSlow:
                child.kill()
                return ParseFailed(kind="too-slow", detail=f"not parsed within {self._limits.wall:g} s")
            except _ChildDied as died:
                child.kill()
                if died.code == -signal.SIGXCPU:
                    return ParseFailed(
                        kind="too-slow", detail=f"more than {self._limits.cpu:g} s of CPU to parse"
                    )
                if last or self._closed.is_set():
                    return ParseFailed(
                        kind="broken", detail=f"the parsing process ended ({_ending(died.code)})"
                    )
            except wire.GarbledAnswer as error:
                child.kill()
                return ParseFailed(kind="broken", detail=f"the parsing process answered oddly: {error}"[:200])
            else:
                if len(body) >= self._limits.heavy:
                    child.stop()
                return outcome
        raise AssertionError("the second attempt returns")


@dataclass(slots=True)
class _Child:
    """One child process, started on demand. Used by one thread at a time, but for `kill`."""

    limits: ParseLimits
    clock: Clock
    command: Sequence[str] | None
    process: subprocess.Popen[bytes] | None = field(default=None)

    def ask(self, job: bytes) -> bytes:
        """Return the answer to a job. Raises _ChildSlow, _ChildDied, GarbledAnswer, OperationError."""
        process = self.process
        if process is None or process.poll() is not None:
            self.kill()
            process = self._start()
            self._exchange(process, b"", self.limits.start)  # its first word is an empty frame: ready
        return self._exchange(process, job, self.limits.wall)

    def stop(self) -> None:
        """End the child by ending its input."""
        process = self.process
        if process is None:
            return
        try:
            if process.stdin is not None:
                process.stdin.close()
            process.wait(timeout=self.limits.stop)
        except (OSError, subprocess.TimeoutExpired):
            pass
        self.kill()

    def kill(self) -> None:
        """End the child at once, and bury it."""
        process, self.process = self.process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                stream.close()

    def _start(self) -> subprocess.Popen[bytes]:
        try:
            process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                self.command or _own_command(self.limits.memory),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                bufsize=0,
                cwd="/",
                env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
                process_group=0,
            )
        except OSError as error:
            raise OperationError(f"The parsing process cannot be started: {error.strerror}.") from error
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                os.set_blocking(stream.fileno(), False)
        self.process = process
        return process

    def _exchange(self, process: subprocess.Popen[bytes], job: bytes, seconds: float) -> bytes:
        """Write a job while reading the answer, so that neither side waits for the other for ever."""
        if process.stdin is None or process.stdout is None:
            raise _ChildDied(0)
        deadline = self.clock.monotonic() + seconds
        answer = _Answer(self.limits.answer)
        unsent = memoryview(job)
        try:
            with selectors.DefaultSelector() as ready:
                ready.register(process.stdout, selectors.EVENT_READ)
                if unsent:
                    ready.register(process.stdin, selectors.EVENT_WRITE)
                while not answer.complete:
                    left = deadline - self.clock.monotonic()
                    if left <= 0:
                        raise _ChildSlow
                    for key, _ in ready.select(left):
                        if key.fileobj is process.stdout:
                            answer.add(os.read(key.fd, _CHUNK), process)
                        elif not (unsent := unsent[os.write(key.fd, unsent[:_CHUNK]) :]):
                            ready.unregister(process.stdin)
        except (BrokenPipeError, ConnectionResetError, ValueError) as error:
            if isinstance(error, wire.GarbledAnswer):
                raise
            raise _ChildDied(_code_of(process)) from error
        return answer.payload


@dataclass(slots=True)
class _Answer:
    """An answer as it arrives."""

    limit: int
    buffer: bytearray = field(default_factory=bytearray)

    @property
    def complete(self) -> bool:
        size = wire.LENGTH.size
        return len(self.buffer) >= size and len(self.buffer) >= size + wire.LENGTH.unpack_from(self.buffer)[0]

    @property
    def payload(self) -> bytes:
        return bytes(self.buffer[wire.LENGTH.size :])

    def add(self, chunk: bytes, process: subprocess.Popen[bytes]) -> None:
        """Take what was read. Raises _ChildDied at the end of the stream, GarbledAnswer when it is too much."""
        if not chunk:
            raise _ChildDied(_code_of(process))
        self.buffer += chunk
        if len(self.buffer) < wire.LENGTH.size:
            return
        (size,) = wire.LENGTH.unpack_from(self.buffer)
        if size > self.limit:
            raise wire.GarbledAnswer(f"{size:,} bytes of answer")
        if len(self.buffer) > wire.LENGTH.size + size:
            raise wire.GarbledAnswer("more than one answer")


def _own_command(memory: int) -> list[str]:
    """Return the child's command line: our interpreter, isolated, finding modules where we find them."""
    if not sys.executable:
        raise OperationError("The parsing process cannot be started: Python does not know its own path.")
    paths = [str(Path(entry or ".").absolute()) for entry in sys.path]
    return [sys.executable, "-I", "-X", "utf8", "-c", _BOOT, str(memory), *paths]


def _code_of(process: subprocess.Popen[bytes]) -> int:
    """Return how a child that closed its end ended: a signal's number, negative, or its exit code."""
    try:
        return process.wait(timeout=1.0)
    except subprocess.TimeoutExpired:
        return 0


def _ending(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"
