"""A usage record as a mapping."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any


class Record(Mapping[str, Any]):
    """A usage record, as it came: ``record["data"]["total"]``.

    Members are those of the API, unknown ones included. Whole numbers are ``int``, amounts ``decimal.Decimal``, so that no
    digit is lost.
    """

    __slots__ = ("_members", "_text", "line", "number", "pointer")

    number: int
    """Records before it in the input, malformed ones counted."""
    line: int | None
    """The line of the input on which it starts, counted from 1; ``None`` where it came from the API."""
    pointer: str
    """Where it stands in its document, as a JSON pointer."""

    def __init__(self, text: str, number: int = 0, line: int | None = None, pointer: str = "") -> None:
        self._text = text
        self._members: dict[str, Any] | None = None
        self.number = number
        self.line = line
        self.pointer = pointer

    def json(self) -> str:
        """Returns the JSON text of the record, as it came."""
        return self._text

    def to_dict(self) -> dict[str, Any]:
        """Returns the record as a new dict."""
        members: dict[str, Any] = json.loads(self._text, parse_float=Decimal)
        return members

    def _known(self) -> dict[str, Any]:
        if self._members is None:
            self._members = self.to_dict()
        return self._members

    def __getitem__(self, name: str) -> Any:
        return self._known()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._known())

    def __len__(self) -> int:
        return len(self._known())

    def __repr__(self) -> str:
        return f"Record({self._text!r})"

    def __reduce__(self) -> tuple[type[Record], tuple[str, int, int | None, str]]:
        return (Record, (self._text, self.number, self.line, self.pointer))
