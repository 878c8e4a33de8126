"""One input in every form gives one report."""

from __future__ import annotations

import gzip
import io
import json
import pathlib
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from samples import ACCOUNT, AS_OF, day, june, ndjson

import kore_usage as ku

RECORDS = june()
RECORDS[4]["data"]["total"] += 7
TEXT = ndjson(RECORDS)


def forms() -> dict[str, Callable[[pathlib.Path], Any]]:
    def file(content: bytes, name: str = "june.ndjson") -> Callable[[pathlib.Path], Any]:
        def write(folder: pathlib.Path) -> Any:
            path = folder / name
            path.write_bytes(content)
            return path

        return write

    return {
        "path": file(TEXT.encode()),
        "path as str": lambda folder: str(file(TEXT.encode())(folder)),
        "gzip": file(gzip.compress(TEXT.encode()), "june.ndjson.gz"),
        "list of pages": file(json.dumps([{"usage_records": RECORDS}]).encode(), "pages.json"),
        "bytes": lambda _: TEXT.encode(),
        "compressed bytes": lambda _: gzip.compress(TEXT.encode()),
        "bytearray": lambda _: bytearray(TEXT.encode()),
        "memoryview": lambda _: memoryview(TEXT.encode()),
        "binary file": lambda _: io.BytesIO(TEXT.encode()),
        "text file": lambda _: io.StringIO(TEXT),
        "dicts": lambda _: RECORDS,
        "generator of dicts": lambda _: (record for record in RECORDS),
        "lines": lambda _: TEXT.splitlines(),
        "page as dict": lambda _: {"usage_records": RECORDS},
        "records": lambda _: ku.read(TEXT.encode()),
        "zstd": lambda _: pytest.importorskip("compression.zstd").compress(TEXT.encode()),
    }


@pytest.mark.parametrize("form", forms())
def test_every_form_of_input_gives_the_same_report(form: str, tmp_path: pathlib.Path) -> None:
    report = ku.check(forms()[form](tmp_path), as_of=AS_OF)
    assert report.verdict == "fail" and not report.ok
    assert report.summary["records"] == 30
    assert [finding["code"] for finding in report.findings if finding["severity"] == "error"] == ["UR201", "UR202"]
    assert report.findings[0]["delta"] == "7"
    assert report.findings[0]["suspect"]["pointer"].endswith("/data/total")


def test_a_record_is_what_came() -> None:
    text = '{"account_sid":null,"data":{"total":7,"billed":0.10,"units":"bytes"},"new":[1]}'
    record = next(iter(ku.read(text.encode())))
    assert record.json() == text
    assert record["data"]["total"] == 7 and record["data"]["billed"] == Decimal("0.10")
    assert record["account_sid"] is None and "sim_sid" not in record and record["new"] == [1]
    assert (record.number, record.line, record.pointer, len(record)) == (0, 1, "", 3)
    assert record.to_dict() == dict(record)


def test_amounts_keep_their_digits_through_dicts() -> None:
    amount = "12345678901234567.000000000000000001"
    record = day("2026-06-01")
    record["data"]["billed"] = Decimal(amount)
    assert f'"billed":{amount}' in "".join(record.json() for record in ku.read([record]))


def test_malformed_records_raise_at_their_turn_and_reading_goes_on() -> None:
    good = json.dumps(day("2026-06-01"))
    records = ku.read(f'{good}\n{{"data":{{"total":"3"}}}}\n{good}\n'.encode())
    assert next(records).number == 0
    with pytest.raises(ku.MalformedRecord) as raised:
        next(records)
    assert (raised.value.pointer, raised.value.line, raised.value.number) == ("/data/total", 2, 1)
    assert raised.value.raw == '{"data":{"total":"3"}}' and isinstance(raised.value, ValueError)
    assert [record.number for record in records] == [2]


def test_malformed_records_come_as_exceptions_where_that_is_asked_for() -> None:
    kinds = [type(item) for item in ku.read([{"data": {"total": -1}}, day("2026-06-01")], errors="yield")]
    assert kinds == [ku.MalformedRecord, ku.Record]


def test_a_list_of_texts_of_which_none_is_a_record_is_read_to_its_end() -> None:
    report = ku.check(["no json", "{}"], as_of=AS_OF)
    assert report.verdict == "incomplete" and report.summary["malformed"] == 2


def test_a_document_of_another_kind_is_incomplete_in_a_report_and_raises_elsewhere() -> None:
    page = b"<!doctype html><html></html>"
    report = ku.check(page, as_of=AS_OF)
    assert report.verdict == "incomplete" and "HTML" in report.headline
    for ask in (ku.summary, ku.flatten, lambda source: list(ku.read(source))):
        with pytest.raises(ku.MalformedDocument, match="HTML") as raised:
            ask(page)
        assert isinstance(raised.value, ku.UsageError) and raised.value.line == 1


def test_nothing_examined_is_no_pass() -> None:
    assert ku.check([], as_of=AS_OF).verdict == "incomplete"
    assert ku.check(b'{"usage_records":[]}', as_of=AS_OF).verdict == "incomplete"
    assert ku.check(b'{"usage_records":[]}', as_of=AS_OF, allow_empty=True).ok


def test_options_reach_the_rules() -> None:
    report = ku.check(RECORDS, as_of=AS_OF, select=["UR2"], ignore=["UR202"], severity={"UR201": "warning"})
    assert report.ok and {finding["code"] for finding in report.findings} == {"UR201"}
    assert ku.check(RECORDS, as_of=AS_OF, tolerance=7).ok
    assert ku.check(RECORDS, as_of=AS_OF, tolerance={"data": 7}).ok
    assert not ku.check(RECORDS, as_of=AS_OF, tolerance={"commands": 7}).ok
    assert ku.check(RECORDS, as_of=AS_OF, fail_on="never").ok
    assert len(ku.check(RECORDS, as_of=AS_OF, max_findings=1).findings) <= 1
    other = [day("2026-07-01", account_sid="AC" + "cd" * 16)]
    codes = {finding["code"] for finding in ku.check(june() + other, as_of=AS_OF).findings}
    assert "UR406" in codes
    assert "UR406" not in {f["code"] for f in ku.check(june() + other, as_of=AS_OF, accounts="many").findings}


def test_summary_adds_up_by_month_and_network() -> None:
    rows = ku.summary(june(), by=["month", "network"], as_of=AS_OF)
    assert rows == [
        {
            "month": "2026-06",
            "network": "home",
            "records": 30,
            "data_total": 465 + 30,
            "data_download": 465,
            "data_upload": 30,
            "commands_total": 0,
            "commands_to_sim": 0,
            "commands_from_sim": 0,
        }
    ]
    assert rows.excluded == {"malformed": 0, "duplicates": 0} and rows.by == ["month", "network"]
    assert ku.summary(june() + june(), as_of=AS_OF).excluded["duplicates"] == 30


def test_flatten_gives_a_row_a_service_and_network() -> None:
    record = day("2026-06-01")
    record["data"]["billed"], record["data"]["billing_units"] = Decimal("0.50"), "USD"
    rows = ku.flatten([record], granularity="daily", fetched_at="2026-06-05")
    assert [(row["service"], row["network"], row["total"]) for row in rows] == [
        ("data", "total", 15),
        ("data", "home", 15),
        ("commands", "total", 0),
        ("commands", "home", 0),
    ]
    assert rows[0]["period_start"].isoformat() == "2026-06-01T00:00:00+00:00"
    assert (rows[0]["billed"], rows[0]["currency"]) == (Decimal("0.5"), "USD")
    assert (rows[0]["state"], rows[0]["granularity"], rows[0]["account_sid"]) == ("final", "daily", ACCOUNT)
    assert rows[0]["sim_sid"] is None and rows[0]["country"] is None
