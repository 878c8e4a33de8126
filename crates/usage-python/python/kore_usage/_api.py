"""The functions of the package."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Generic, Literal, Protocol, TypeAlias, TypedDict, TypeVar, overload

from kore_usage import _native
from kore_usage._errors import MalformedRecord
from kore_usage._record import Record

T = TypeVar("T")


class Readable(Protocol):
    """A file object: whatever has a method ``read`` that gives bytes or text."""

    def read(self, size: int, /) -> bytes | str: ...


class ArrowStream(Protocol):
    """Whatever gives its rows as an Arrow stream: a pyarrow or polars table, a DuckDB relation, a pandas frame."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...


Source: TypeAlias = (
    str
    | os.PathLike[str]
    | bytes
    | bytearray
    | memoryview
    | Readable
    | Mapping[str, Any]
    | Iterable[Mapping[str, Any] | str]
    | ArrowStream
)
"""An input: a path (compressed or not), the bytes of a document, a file object, records as dicts or texts, or a table with
a text column ``record`` (or only one text column)."""

Instant: TypeAlias = str | date | datetime
"""An RFC 3339 text, a day (``2026-03-05``), a month (``2026-03``), a date, or a datetime with a time zone; all UTC."""

Granularity: TypeAlias = Literal["hourly", "daily", "all"]
Severity: TypeAlias = Literal["error", "warning", "info"]
FailOn: TypeAlias = Literal["error", "warning", "info", "never"]


class CheckOptions(TypedDict, total=False):
    """The options of :func:`check`, but the time."""

    granularity: Granularity | None
    start: Instant | None
    end: Instant | None
    policy: Literal["auto", "include", "exclude"]
    select: Sequence[str]
    ignore: Sequence[str]
    fail_on: FailOn
    strictness: Literal["default", "strict", "lenient"]
    severity: Mapping[str, Severity]
    accounts: Literal["one", "many"]
    tolerance: int | Mapping[Literal["data", "commands"], int]
    expiry_horizon: int
    max_findings: int | None
    allow_empty: bool


class Rows(list[dict[str, Any]]):
    """Rows as a list of dicts, and as an Arrow stream.

    Where a library takes a list for something else, hand it ``rows.stream``: ``pyarrow.table(rows.stream)``.
    """

    _native: ArrowStream

    def __init__(self, rows: Iterable[dict[str, Any]], native: ArrowStream) -> None:
        super().__init__(rows)
        self._native = native

    @property
    def stream(self) -> ArrowStream:
        """The rows as an Arrow stream and nothing else."""
        return self._native

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Gives the rows as they were made; changes to the list do not show."""
        return self._native.__arrow_c_stream__(requested_schema)


class Report:
    """What a check found; its members are those of the JSON report ``usage-report/1``."""

    def __init__(self, native: _native.Report) -> None:
        self._native = native
        self._text = native.json()
        self._dict: dict[str, Any] = json.loads(self._text)
        self._findings = Rows(self._dict["findings"], native)

    @property
    def verdict(self) -> Literal["pass", "fail", "incomplete"]:
        """``pass``, ``fail``, or ``incomplete`` where not all was seen, or nothing was examined."""
        verdict: Literal["pass", "fail", "incomplete"] = self._dict["verdict"]
        return verdict

    @property
    def ok(self) -> bool:
        """Whether the verdict is ``pass``."""
        return self.verdict == "pass"

    @property
    def headline(self) -> str:
        """The verdict and its reason in one line."""
        return self._native.headline()

    @property
    def as_of(self) -> str:
        """When the records were fetched."""
        as_of: str = self._dict["as_of"]
        return as_of

    @property
    def incomplete(self) -> list[str]:
        """Why not all was seen, a sentence each; empty where it was."""
        incomplete: list[str] = self._dict["incomplete"]
        return incomplete

    @property
    def summary(self) -> dict[str, Any]:
        """What was found in figures: ``summary["rules"]["UR201"]["failed"]``."""
        summary: dict[str, Any] = self._dict["summary"]
        return summary

    @property
    def findings(self) -> Rows:
        """What was found, a dict each. As an Arrow stream, with the columns that one looks for, and all in ``finding``."""
        return self._findings

    def to_dict(self) -> dict[str, Any]:
        """Returns the whole report."""
        report: dict[str, Any] = json.loads(self._text)
        return report

    def json(self) -> str:
        """Returns the JSON text of the report."""
        return self._text

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self._native.__arrow_c_stream__(requested_schema)

    def __repr__(self) -> str:
        return f"<Report {self.headline}>"


def check_options(
    *,
    as_of: Instant | None = None,
    granularity: Granularity | None = None,
    start: Instant | None = None,
    end: Instant | None = None,
    policy: str | None = None,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    fail_on: str | None = None,
    strictness: str | None = None,
    severity: Mapping[str, str] | None = None,
    accounts: str | None = None,
    tolerance: int | Mapping[Literal["data", "commands"], int] | None = None,
    expiry_horizon: int | None = None,
    max_findings: int | None = None,
    allow_empty: bool = False,
) -> dict[str, Any]:
    """Puts options into the form in which Rust takes them."""
    both: tuple[int, int] | None = None
    if isinstance(tolerance, Mapping):
        unknown = set(tolerance) - {"commands", "data"}
        if unknown:
            raise ValueError(f"tolerance: {sorted(unknown)[0]!r} is neither commands nor data")
        both = (tolerance.get("commands", 0), tolerance.get("data", 0))
    elif tolerance is not None:
        both = (tolerance, tolerance)
    return {
        "as_of": as_of,
        "granularity": granularity,
        "start": start,
        "end": end,
        "policy": policy,
        "select": _texts("select", select),
        "ignore": _texts("ignore", ignore),
        "fail_on": fail_on,
        "strictness": strictness,
        "severity": list((severity or {}).items()),
        "accounts": accounts,
        "tolerance": both,
        "expiry_horizon": expiry_horizon,
        "max_findings": max_findings,
        "allow_empty": allow_empty,
    }


def _texts(name: str, texts: Sequence[str]) -> list[str]:
    if isinstance(texts, str):
        raise TypeError(f"{name}: expected a list of str, found str")
    return list(texts)


def check(
    source: Source,
    *,
    as_of: Instant | None = None,
    granularity: Granularity | None = None,
    start: Instant | None = None,
    end: Instant | None = None,
    policy: Literal["auto", "include", "exclude"] = "auto",
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    fail_on: FailOn = "error",
    strictness: Literal["default", "strict", "lenient"] = "default",
    severity: Mapping[str, Severity] | None = None,
    accounts: Literal["one", "many"] = "one",
    tolerance: int | Mapping[Literal["data", "commands"], int] = 0,
    expiry_horizon: int = 30,
    max_findings: int | None = None,
    allow_empty: bool = False,
) -> Report:
    """Checks usage records: sums, periods, retention, what is missing, what came twice.

    ``as_of`` is when the records were fetched, by default now; retention and settling are measured from there. ``granularity``
    and the window from ``start`` to ``end`` are those of the query. ``severity`` maps codes, or the starts of codes, to how bad
    their findings are. ``tolerance`` is by how much sums may be off. All findings are listed unless ``max_findings`` says
    otherwise; counts are exact in any case.

    Raises ``OSError`` where the input cannot be read, ``TypeError`` and ``ValueError`` for arguments that cannot be used. What is
    wrong with the records is never raised: it is in the report.
    """
    options = check_options(
        as_of=as_of,
        granularity=granularity,
        start=start,
        end=end,
        policy=policy,
        select=select,
        ignore=ignore,
        fail_on=fail_on,
        strictness=strictness,
        severity=severity,
        accounts=accounts,
        tolerance=tolerance,
        expiry_horizon=expiry_horizon,
        max_findings=max_findings,
        allow_empty=allow_empty,
    )
    return Report(_native.check(source, options))


def reconcile(
    sources: Source | Mapping[Granularity, Source],
    *,
    as_of: Instant | None = None,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    fail_on: FailOn = "error",
    severity: Mapping[str, Severity] | None = None,
    tolerance: int | Mapping[Literal["data", "commands"], int] = 0,
    max_findings: int | None = None,
) -> Report:
    """Holds records against each other: hours against days, days against longer periods, SIMs against their account.

    One input may have all of them, and then the length of a period says its granularity; or each granularity comes as an input of its
    own: ``{"hourly": "hours.ndjson", "daily": "days.ndjson"}``. Periods are compared where they had ended 48 hours before ``as_of``.
    Some hundred bytes of each record are kept.
    """
    options = check_options(
        as_of=as_of,
        select=select,
        ignore=ignore,
        fail_on=fail_on,
        severity=severity,
        tolerance=tolerance,
        max_findings=max_findings,
    )
    several: list[tuple[str | None, object]] = [(None, sources)]
    if isinstance(sources, Mapping) and sources.keys() <= {"hourly", "daily", "all"}:
        several = [(name, source) for name, source in sources.items()]
    return Report(_native.reconcile(several, options))


class Records(Generic[T]):
    """An iterator over records. After an exception the next record can be asked for."""

    def __init__(self, native: _native.Records | _native.Fetch, yields_malformed: bool) -> None:
        self._native = native
        self._yields_malformed = yields_malformed

    def __iter__(self) -> Iterator[T]:
        return self

    def __next__(self) -> T:
        found: Any
        try:
            found = Record(*next(self._native))
        except MalformedRecord as malformed:
            if not self._yields_malformed:
                raise
            found = malformed
        item: T = found
        return item


def _yields(errors: str) -> bool:
    if errors not in ("raise", "yield"):
        raise ValueError(f"errors: expected 'raise' or 'yield', found {errors!r}")
    return errors == "yield"


@overload
def read(source: Source, *, errors: Literal["raise"] = "raise") -> Records[Record]: ...
@overload
def read(source: Source, *, errors: Literal["yield"]) -> Records[Record | MalformedRecord]: ...
def read(source: Source, *, errors: str = "raise") -> Records[Any]:
    """Reads usage records one after the other, in memory bounded by the largest.

    A record that does not decode raises :class:`MalformedRecord` at its turn, and the iterator goes on after it; with
    ``errors="yield"`` the exception is given in its place. Input that is no list of records raises
    :class:`MalformedDocument`.
    """
    yields = _yields(errors)
    return Records(_native.Records(source), yields)


class Summary(Rows):
    """What records add up to: a dict for each group, figures as ``int``, amounts as ``Decimal``."""

    as_of: str
    """When the records were fetched."""
    by: list[str]
    """The columns that are grouped by."""
    excluded: dict[str, int]
    """How many records do not count: ``malformed`` ones, and ``duplicates``."""
    remarks: list[str]
    """What whoever reads the figures should know, a sentence each."""

    def __init__(self, native: _native.Summary) -> None:
        told: dict[str, Any] = json.loads(native.json())
        self.as_of = told["as_of"]
        self.by = told["by"]
        self.excluded = told["excluded"]
        self.remarks = told["remarks"]
        super().__init__((self._row(row) for row in told["rows"]), native)

    def _row(self, row: dict[str, Any]) -> dict[str, Any]:
        def figure(name: str, value: Any) -> Any:
            if name in self.by:
                return value
            return Decimal(value) if name.startswith("billed") else int(value)

        return {name: figure(name, value) for name, value in row.items()}


def summary(
    source: Source,
    *,
    by: Sequence[Literal["month", "day", "account", "sim", "network", "country"]] = ("month",),
    month_starts: int = 1,
    as_of: Instant | None = None,
) -> Summary:
    """Adds records up, grouped by the columns in ``by``, in their order; each period of an account or SIM counts once.

    Figures are bytes and numbers of Commands. ``month_starts`` is the day, 1 to 28, on which months begin. Records that do not
    decode are counted in ``excluded``.
    """
    return Summary(_native.summary(source, _texts("by", by), month_starts, as_of))


def flatten(
    source: Source,
    *,
    granularity: Granularity | None = None,
    fetched_at: Instant | None = None,
) -> Rows:
    """Makes the rows of the table ``usage``: one a record, service, network and country.

    ``granularity`` is what the query asked for, and ``fetched_at`` when; without them the columns ``granularity`` and ``state`` are
    empty. Rows with the network ``total`` and the others are not to be added together.
    """
    native = _native.flatten(source, granularity, fetched_at)
    return Rows(native.rows(), native)


def fetch(
    *,
    base_url: str | None = None,
    token_url: str | None = None,
    client_id: str | None = None,
    client_secret: str | None = None,
    access_token: str | None = None,
    account_sid: str | None = None,
    auth_token: str | None = None,
    start: Instant | None = None,
    end: Instant | None = None,
    granularity: Granularity = "daily",
    sim: str | Sequence[str] | None = None,
    page_size: int = 1000,
    concurrency: int = 4,
    attempts: int | None = None,
) -> Records[Record]:
    """Fetches usage records of the account, or of one or several SIMs, oldest first.

    The window goes from ``start`` (by default 30 days before the end) up to and without ``end`` (by default now). Credentials are
    ``client_id`` with ``client_secret``, ``access_token``, or ``account_sid`` with ``auth_token`` for the legacy host. Without
    ``base_url`` the API of KORE is asked. Where ``base_url`` names this machine, so does the token endpoint.

    A window that could not be fetched raises :class:`FetchError` in its place, and a record that does not decode
    :class:`MalformedRecord`; the iterator goes on after either, so that ``list(fetch(…))`` is complete or raises.
    """
    options = {
        "base_url": base_url,
        "token_url": token_url,
        "client_id": client_id,
        "client_secret": client_secret,
        "access_token": access_token,
        "account_sid": account_sid,
        "auth_token": auth_token,
        "start": start,
        "end": end,
        "granularity": granularity,
        "sims": [sim] if isinstance(sim, str) else sim and list(sim),
        "page_size": page_size,
        "concurrency": concurrency,
        "attempts": attempts,
    }
    return Records(_native.Fetch(options), False)


def rules() -> list[dict[str, Any]]:
    """Returns all rules, each with an example that breaks it and a near miss that does not."""
    catalogue: list[dict[str, Any]] = json.loads(_native.rules())
    return catalogue


def explain(code: str) -> str:
    """Returns what a rule checks, and why; by its code or its name. Raises ``ValueError`` where there is none."""
    return _native.explain(code)


def schema(name: Literal["record", "page", "report", "report-line"]) -> dict[str, Any]:
    """Returns a JSON Schema."""
    document: dict[str, Any] = json.loads(_native.schema(name))
    return document
