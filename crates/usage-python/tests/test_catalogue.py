"""Every rule finds what its example breaks, and nothing in its near miss."""

from __future__ import annotations

from typing import Any

import pytest

import kore_usage as ku

EXAMPLES_AS_OF = "2026-11-01T12:00:00Z"


def failed(rule: dict[str, Any], example: dict[str, Any]) -> int:
    start, end = example["window"] or (None, None)
    if example["task"] == "reconcile":
        report = ku.reconcile(example["document"].encode(), as_of=EXAMPLES_AS_OF)
    else:
        report = ku.check(
            example["document"].encode(),
            as_of=EXAMPLES_AS_OF,
            granularity=example["granularity"],
            start=start,
            end=end,
            max_findings=example["max_findings"],
        )
    count: int = report.summary["rules"][rule["code"]]["failed"]
    listed = [finding for finding in report.findings if finding["code"] == rule["code"]]
    assert rule["scope"] == "run" or example["max_findings"] is not None or len(listed) == count
    return count


@pytest.mark.parametrize(
    "rule",
    # Two readings of a period are compared by the archive, not here.
    [rule for rule in ku.rules() if rule["example"]["task"] != "compare"],
    ids=lambda rule: rule["code"],
)
def test_example_breaks_the_rule_and_near_miss_does_not(rule: dict[str, Any]) -> None:
    assert failed(rule, rule["example"]) > 0
    assert failed(rule, rule["near_miss"]) == 0


def test_explain_names_code_and_name() -> None:
    for rule in ku.rules():
        text = ku.explain(rule["code"])
        assert rule["code"] in text and rule["name"] in text
        assert ku.explain(rule["name"]) == text


def test_unknown_rule_is_answered_with_the_near_one() -> None:
    with pytest.raises(ValueError, match="did you mean UR201"):
        ku.explain("UR2O1")
    with pytest.raises(ValueError, match="did you mean network-sum"):
        ku.explain("netwrk-sum")


def test_schemas_are_json_schemas() -> None:
    assert ku.schema("report")["$schema"].startswith("https://json-schema.org/")
    assert {"data", "commands", "period"} <= set(ku.schema("record")["properties"])
    with pytest.raises(ValueError, match="expected one of record, page, report, report-line"):
        ku.schema("nothing")  # type: ignore[arg-type]
