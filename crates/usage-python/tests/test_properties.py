"""Laws over records that are made at random."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import AS_OF, day

import kore_usage as ku

COUNTERS = st.integers(0, 2**40)


@st.composite
def trees(draw: st.DrawFn, names: tuple[str, str]) -> dict[str, Any]:
    """A tree of which all sums are right, made from its leaves."""
    first, second = names
    unit = {"units": "bytes"} if first == "download" else {}

    def node(one: int, other: int) -> dict[str, Any]:
        return {"total": one + other, first: one, second: other} | unit

    parts = [(draw(COUNTERS), draw(COUNTERS)) for _ in range(2)]
    countries = draw(st.lists(st.sampled_from(["DEU", "CHE", "GTM", "FRA"]), unique=True))
    abroad = [(draw(COUNTERS), draw(COUNTERS)) for _ in countries]
    every = parts + abroad
    return node(sum(one for one, _ in every), sum(other for _, other in every)) | {
        "home": node(*parts[0]),
        "national_roaming": node(*parts[1]),
        "international_roaming": [
            node(*part) | {"country_code": code} for code, part in zip(countries, abroad, strict=True)
        ],
    }


@st.composite
def records(draw: st.DrawFn) -> dict[str, Any]:
    return day(
        f"2026-06-{draw(st.integers(1, 28)):02}",
        commands=draw(trees(("to_sim", "from_sim"))),
        data=draw(trees(("download", "upload"))),
    )


def codes(record: dict[str, Any]) -> list[tuple[str, str]]:
    report = ku.check([record], as_of=AS_OF, select=["UR2"])
    return [(finding["code"], finding["pointer"]) for finding in report.findings]


@given(records())
def test_a_record_whose_sums_are_right_passes(record: dict[str, Any]) -> None:
    assert codes(record) == []


@given(records(), st.sampled_from(["commands", "data"]), st.integers(1, 2**30))
def test_one_wrong_total_is_named_with_the_value_that_is_right(record: dict[str, Any], kind: str, by: int) -> None:
    wrong = copy.deepcopy(record)
    wrong[kind]["total"] += by
    report = ku.check([wrong], as_of=AS_OF, select=["UR2"])
    pointer = f"/{kind}/total"
    assert [(f["code"], f["pointer"], f["delta"]) for f in report.findings] == [
        ("UR201", pointer, str(by)),
        ("UR202", pointer, str(by)),
    ]
    for finding in report.findings:
        assert finding["suspect"] == {"pointer": pointer, "suggested": str(record[kind]["total"])}


@given(records())
def test_records_come_out_as_they_went_in(record: dict[str, Any]) -> None:
    text = json.dumps(record)
    (read,) = ku.read([text])
    assert read.json() == text and read.to_dict() == record
    assert next(iter(ku.read([record]))).to_dict() == record


@given(st.lists(records(), min_size=1, max_size=8, unique_by=lambda record: record["period"]["start"]))
def test_sums_are_those_of_a_plain_loop(several: list[dict[str, Any]]) -> None:
    row = ku.summary(several, by=[], as_of=AS_OF)[0]
    totals = ku.check(several, as_of=AS_OF).summary["totals"]
    for counter in ("total", "download", "upload"):
        added = sum(record["data"][counter] for record in several)
        assert row[f"data_{counter}"] == added
        assert totals["data"][counter] == str(added)
    flat = ku.flatten(several)
    shares = [r["total"] for r in flat if r["service"] == "data" and r["network"] != "total"]
    assert sum(shares) == row["data_total"]


@settings(max_examples=300)
@given(st.binary() | st.text().map(str.encode) | st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["data", "period", "total", "home"]) | st.text(), inner),
).map(lambda value: json.dumps(value).encode()))
def test_whatever_the_bytes_nothing_but_our_exceptions_is_raised(content: bytes) -> None:
    report = ku.check(content, as_of=AS_OF)
    assert report.verdict in ("pass", "fail", "incomplete")
    for ask in (ku.summary, ku.flatten, lambda source: list(ku.read(source))):
        try:
            ask(content)
        except (ku.UsageError, OSError):
            pass
    assert list(ku.read([], errors="yield")) == []


@given(st.lists(st.text() | st.dictionaries(st.text(), st.none() | st.integers() | st.text())))
def test_whatever_an_iterable_gives_is_a_report(several: list[Any]) -> None:
    assert ku.check(several, as_of=AS_OF).verdict in ("pass", "fail", "incomplete")


def test_compressed_garbage_is_an_os_error() -> None:
    for start in (b"\x1f\x8b\x08\x00", b"\x28\xb5\x2f\xfd"):
        with pytest.raises(OSError):
            ku.check(start + b"garbage", as_of=AS_OF)
