"""Arrow streams in and out."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from samples import ACCOUNT, AS_OF, body, day, june, ndjson, sim

import kore_usage as ku
from kore_usage import engines

pa = pytest.importorskip("pyarrow")


def series() -> list[dict[str, Any]]:
    """Two SIMs and the account, with faults that only a whole series shows."""
    of_account = june()
    one = june(sim_sid=sim(1))
    one[3]["data"]["home"]["download"] += 5
    del one[10:12]
    two = june(sim_sid=sim(2))
    two.insert(7, day("2026-06-07", (99, 1), sim_sid=sim(2)))
    two[20]["data"]["total"] = "20"
    return of_account + one + two


def readings(records: list[dict[str, Any]]) -> Any:
    return pa.table(
        {
            "reading_id": list(range(len(records))),
            "account_sid": [record["account_sid"] for record in records],
            "sim_sid": pa.array([record.get("sim_sid") for record in records], pa.string()),
            "granularity": ["daily"] * len(records),
            "record": [json.dumps(record) for record in records],
        }
    )


@pytest.mark.parametrize("kind", ["string", "large_string", "string_view", "binary", "large_binary"])
def test_a_column_of_texts_is_checked_as_its_lines(kind: str) -> None:
    lines = ndjson(series()).splitlines()
    column = pa.array([line.encode() for line in lines]) if "binary" in kind else pa.array(lines)
    if kind != "string_view":
        column = column.cast(getattr(pa, kind)())
    else:
        column = pa.array(lines, pa.string_view())
    whole = ku.check(lines, as_of=AS_OF, accounts="many")
    report = ku.check(pa.table({"line": column}), as_of=AS_OF, accounts="many")
    assert report.json() == whole.json()


def test_readings_say_their_granularity() -> None:
    hourly = readings(june()).set_column(3, "granularity", pa.array(["hourly"] * 30))
    assert ku.check(readings(june()), as_of=AS_OF).summary["rules"]["UR302"]["failed"] == 0
    assert ku.check(hourly, as_of=AS_OF).summary["rules"]["UR302"]["failed"] > 0
    both = pa.concat_tables([hourly, readings(june())])
    with pytest.raises(ValueError, match="several granularities"):
        ku.check(both, as_of=AS_OF)


def test_tables_without_a_column_of_records_are_refused() -> None:
    with pytest.raises(ValueError, match="only one text column; found a, b"):
        ku.check(pa.table({"a": ["x"], "b": ["y"]}), as_of=AS_OF)
    with pytest.raises(ValueError, match="found none"):
        ku.check(pa.table({"a": [1]}), as_of=AS_OF)


def test_a_row_without_a_record_is_one_that_cannot_be_read() -> None:
    table = pa.table({"record": pa.array([None, json.dumps(day("2026-06-01"))])})
    assert ku.check(table, as_of=AS_OF).summary["malformed"] == 1


def test_results_are_arrow_tables() -> None:
    rows = ku.flatten(series()[:40], granularity="daily", fetched_at=AS_OF)
    usage = pa.table(rows.stream)
    assert usage.num_rows == 160 and usage.to_pylist() == rows
    assert pa.RecordBatchReader.from_stream(rows).read_all().equals(usage)
    assert str(usage.schema.field("period_start").type) == "timestamp[us, tz=UTC]"
    assert str(usage.schema.field("billed").type) == "decimal128(38, 18)"
    assert pa.table(ku.flatten([]).stream).column_names == usage.column_names
    summary = ku.summary(series()[:40], by=["month", "sim"])
    assert pa.table(summary.stream).to_pylist() == summary
    report = ku.check(series(), as_of=AS_OF)
    found = pa.table(report.findings.stream)
    assert [json.loads(text) for text in found.column("finding").to_pylist()] == list(report.findings)
    assert pa.table(report).equals(found)


def test_amounts_stand_in_decimal_columns() -> None:
    record = day("2026-06-01")
    record["data"] |= {"billed": 12.5, "billing_units": "USD"}
    record["commands"] |= {"billed": -0.25, "billing_units": "USD"}
    assert pa.table(ku.summary([record]).stream).column("billed_USD").to_pylist() == [ku.summary([record])[0]["billed_USD"]]
    assert str(ku.summary([record])[0]["billed_USD"]) == "12.25"


@pytest.mark.parametrize("seed", range(20))
def test_groups_in_any_order_give_the_report_of_one_run(seed: int) -> None:
    records = series()
    whole = ku.check(records, as_of=AS_OF, accounts="many", granularity="daily")
    dice = random.Random(seed)
    told = engines.options(as_of=AS_OF)
    table = readings(records)
    found, summaries = [], []
    keys = [None, sim(1), sim(2)]
    dice.shuffle(keys)
    for key in keys:
        rows = [index for index, of in enumerate(table.column("sim_sid").to_pylist()) if of == key]
        dice.shuffle(rows)
        checked = engines.check_series(table.take(rows), told).to_pylist()
        found += [json.loads(row["finding"]) for row in checked if row["finding"]]
        summaries += [row["summary"] for row in checked if row["summary"]]
    merged = engines.merge([engines.merge_part(summaries[:2]), *summaries[2:]])
    assert merged.pop("verdict") == whole.verdict and merged.pop("incomplete") == whole.incomplete

    # UR001 counts inputs, and a group is none. What is carried for merging says how many runs were merged.
    for summary in (merged, whole.summary):
        del summary["rules"]["UR001"]
        del summary["carried"]
        summary["not_evaluated"] = [code for code in summary["not_evaluated"] if code != "UR001"]
    assert merged == whole.summary

    def by_text(finding: dict[str, Any]) -> str:
        return json.dumps(finding, sort_keys=True)

    assert sorted(map(body, found), key=by_text) == sorted(map(body, whole.findings), key=by_text)


def test_series_are_named_by_the_records_themselves() -> None:
    texts = [json.dumps(day("2026-06-01", sim_sid=sim(7))), "no json", None, json.dumps({"data": {}})]
    named = engines.series_of(pa.table({"record": pa.array(texts)}))
    assert named.column("account_sid").to_pylist() == [ACCOUNT, None, None, None]
    assert named.column("sim_sid").to_pylist() == [sim(7), None, None, None]


def test_workers_are_told_when_the_records_were_fetched() -> None:
    with pytest.raises(TypeError, match="as_of"):
        engines.options(accounts="many")
