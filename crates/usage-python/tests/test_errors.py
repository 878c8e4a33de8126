"""What is wrong is said by exceptions that Python's users expect."""

from __future__ import annotations

import pathlib
import pickle
from datetime import date, datetime
from typing import Any

import pytest
from samples import AS_OF, day

import kore_usage as ku


def test_files_that_cannot_be_read_raise_what_open_raises(tmp_path: pathlib.Path) -> None:
    with pytest.raises(FileNotFoundError, match="No such file.*missing.json"):
        ku.check(tmp_path / "missing.json", as_of=AS_OF)
    with pytest.raises(IsADirectoryError):
        ku.read(tmp_path)
    cut = tmp_path / "cut.json.gz"
    cut.write_bytes(b"\x1f\x8b\x08\x00")
    with pytest.raises(OSError, match="cut.json.gz"):
        ku.summary(cut)


@pytest.mark.parametrize("source", [None, 7, 1.5, object()])
def test_what_is_no_input_is_a_type_error(source: Any) -> None:
    for ask in (ku.check, ku.read, ku.summary, ku.flatten):
        with pytest.raises(TypeError, match="expected a path, bytes"):
            ask(source)


def test_elements_that_are_no_records_are_type_errors() -> None:
    with pytest.raises(TypeError, match="expected records as dict or str, found int"):
        ku.check([7], as_of=AS_OF)  # type: ignore[list-item]
    with pytest.raises(TypeError, match="object cannot stand in a record"):
        ku.check([{"data": object()}], as_of=AS_OF)
    with pytest.raises(ValueError, match="nan is no number of JSON"):
        ku.check([{"data": {"total": float("nan")}}], as_of=AS_OF)
    loop: dict[str, Any] = {}
    loop["loop"] = loop
    with pytest.raises(ValueError, match="nested too deeply"):
        ku.check([loop], as_of=AS_OF)


def test_what_an_iterable_or_a_file_raises_goes_through() -> None:
    class Gone(Exception):
        pass

    def records() -> Any:
        yield day("2026-06-01")
        raise Gone("half way")

    class File:
        def read(self, size: int) -> bytes:
            raise Gone("at once")

    sources: list[tuple[Any, str]] = [(records(), "half way"), (File(), "at once")]
    for source, why in sources:
        with pytest.raises(Gone, match=why):
            ku.check(source, as_of=AS_OF)


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"as_of": "yesterday"}, "as_of: .*expected an RFC 3339 instant"),
        ({"as_of": "2026-02-30"}, "as_of: "),
        ({"as_of": datetime(2026, 7, 3)}, "without a time zone"),
        ({"as_of": AS_OF, "granularity": "day"}, "granularity: .*daily"),
        ({"as_of": AS_OF, "policy": "maybe"}, "policy: "),
        ({"as_of": AS_OF, "select": ["UR2O1"]}, "select: .*UR201"),
        ({"as_of": AS_OF, "start": "2026-06-01"}, "start and end: a window has both"),
        ({"as_of": AS_OF, "start": "2026-06-02", "end": "2026-06-01"}, "start and end: "),
        ({"as_of": AS_OF, "fail_on": "panic"}, "fail_on: "),
        ({"as_of": AS_OF, "tolerance": {"bytes": 1}}, "neither commands nor data"),
        ({"as_of": AS_OF, "expiry_horizon": 10**6}, "expiry_horizon: more than"),
    ],
)
def test_arguments_that_cannot_be_used_are_value_errors(options: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        ku.check([day("2026-06-01")], **options)


def test_arguments_of_another_type_are_type_errors() -> None:
    for options in ({"as_of": 7}, {"as_of": AS_OF, "select": "UR2"}, {"as_of": AS_OF, "max_findings": "many"}):
        with pytest.raises(TypeError):
            ku.check([day("2026-06-01")], **options)
    with pytest.raises(TypeError):
        ku.check([], nothing=1)  # type: ignore[call-arg]
    with pytest.raises((OverflowError, TypeError)):
        ku.check([], as_of=AS_OF, max_findings=-1)
    with pytest.raises(ValueError, match="by: .*month"):
        ku.summary([], by=["mnth"])  # type: ignore[list-item]
    with pytest.raises(ValueError, match="from 1 to 28"):
        ku.summary([], month_starts=29)
    with pytest.raises(ValueError, match="errors: "):
        ku.read([], errors="ignore")  # type: ignore[call-overload]


def test_dates_and_days_are_midnights_in_utc() -> None:
    for as_of in ("2026-07-03", date(2026, 7, 3), "2026-07-03T02:00:00+02:00", datetime.fromisoformat("2026-07-03T00:00:00+00:00")):
        assert ku.check([day("2026-06-01")], as_of=as_of).as_of == AS_OF
    assert ku.check([day("2026-06-01")], as_of="2026-07").as_of == "2026-07-01T00:00:00Z"


def test_exceptions_survive_being_sent_to_another_process() -> None:
    with pytest.raises(ku.MalformedRecord) as raised:
        list(ku.read([{"data": {"total": "3"}}]))
    sent = pickle.loads(pickle.dumps(raised.value))
    assert str(sent) == str(raised.value) and sent.pointer == "/data/total"
    error = ku.FetchError("no", 503, True, 4)
    sent = pickle.loads(pickle.dumps(error))
    assert (sent.status, sent.is_retryable, sent.attempts) == (503, True, 4) and isinstance(sent, ConnectionError)
