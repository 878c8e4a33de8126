"""What is raised beside Python's own exceptions."""

from __future__ import annotations


class UsageError(Exception):
    """Something that this package could not do."""


class MalformedRecord(UsageError, ValueError):
    """A record that does not decode; the records around it are not affected."""

    pointer: str
    """The member that is wrong, as a JSON pointer in the record's document."""
    found: str
    """What stands there."""
    expected: str
    """What should stand there."""
    number: int
    """Records before it in the input."""
    line: int | None
    """The line of the input on which the member stands, counted from 1."""
    raw: str
    """The record as it came."""

    def __init__(
        self,
        message: str,
        pointer: str = "",
        found: str = "",
        expected: str = "",
        number: int = 0,
        line: int | None = None,
        raw: str = "",
    ) -> None:
        super().__init__(message)
        self.pointer = pointer
        self.found = found
        self.expected = expected
        self.number = number
        self.line = line
        self.raw = raw


class MalformedDocument(UsageError, ValueError):
    """Input that is no list of usage records."""

    line: int
    """The line on which that shows, counted from 1."""
    offset: int
    """The bytes before the place where that shows."""

    def __init__(self, message: str, line: int = 1, offset: int = 0) -> None:
        super().__init__(message)
        self.line = line
        self.offset = offset


class FetchError(UsageError, ConnectionError):
    """Records that could not be fetched: what failed and where, what the server said, and what to do."""

    status: int | None
    """The HTTP status of the last response, where it is the problem."""
    is_retryable: bool
    """Whether the same request may succeed later."""
    attempts: int
    """How many attempts were made."""

    def __init__(
        self,
        message: str,
        status: int | None = None,
        is_retryable: bool = False,
        attempts: int = 0,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.is_retryable = is_retryable
        self.attempts = attempts
