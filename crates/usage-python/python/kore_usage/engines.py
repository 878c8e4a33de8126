"""The rules inside an engine that splits tables: one series a group, and summaries that merge.

These functions take and give pyarrow tables, so that the same body runs in Spark, Ray, Dask and Beam. A series is the records of
one account and SIM; where the table has the column ``granularity``, of one granularity as well. What an engine has to do is to bring
each series together. In which order its records come does not matter.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from kore_usage import _native
from kore_usage._api import CheckOptions, FailOn, check_options

if TYPE_CHECKING:
    import pyarrow as pa

SUMMARY = "summary"
"""The column that holds the summary of a group, in the one row without a finding."""

TEXT_COLUMNS = (
    "code",
    "name",
    "severity",
    "account_sid",
    "sim_sid",
    "period_start",
    "period_end",
    "pointer",
    "message",
    "expected",
    "actual",
    "delta",
    "suspect",
    "suggested",
    "help",
    "fingerprint",
    "finding",
)
"""The columns of a finding that are texts. ``finding`` is all of it, as JSON."""

COLUMNS = [*TEXT_COLUMNS, "provisional"]
"""The columns of a finding. Its number in the input is left out: an engine has no order."""

ARRIVAL = ("fetched_at", "reading_id")
"""The columns of ``readings`` that say which of two readings of a period is the later one."""


def options(**given: Any) -> dict[str, Any]:
    """Puts the options of :func:`kore_usage.check` into a form that can be sent to workers. ``accounts`` is ``many``."""
    if given.get("as_of") is None:
        raise TypeError("as_of: say when the records were fetched; workers have clocks of their own")
    given.setdefault("accounts", "many")
    return check_options(**given)


def check_series(table: pa.Table, told: dict[str, Any]) -> pa.Table:
    """Checks one series, and returns its findings and, in a row of its own, its summary.

    ``told`` is what :func:`options` returned. The table has a text column ``record``, or only one text column. The later of two
    readings is told by ``fetched_at`` and ``reading_id`` where it has them, and by its text otherwise.
    """
    return _found(_native.check(_in_order(table), told, sort=True))


def reconcile_account(table: pa.Table, told: dict[str, Any]) -> pa.Table:
    """Holds the records of one account against each other; takes and returns what :func:`check_series` does.

    Where the table has the column ``granularity``, it counts, and otherwise the lengths of the periods do.
    """
    import pyarrow.compute as pc

    table = _in_order(table)
    sources: list[tuple[str | None, object]] = [(None, table)]
    if "granularity" in table.column_names:
        column = table.column("granularity")
        known = [name for name in pc.unique(column).to_pylist() if name is not None]
        sources = [(name, table.filter(pc.equal(column, name))) for name in sorted(known)]
        sources += [(None, table.filter(pc.is_null(column)))]
    return _found(_native.reconcile(sources, told))


def _in_order(table: pa.Table) -> pa.Table:
    """Brings readings into the order in which they came, as far as the table tells it, and the same one in any case."""
    import pyarrow as pa

    arrival = [name for name in ARRIVAL if name in table.column_names]
    if not arrival:
        is_text = [pa.types.is_string(kind) or pa.types.is_large_string(kind) for kind in table.schema.types]
        texts = [name for name, yes in zip(table.column_names, is_text, strict=True) if yes]
        arrival = ["record"] if "record" in texts else texts
    return table.sort_by([(name, "ascending") for name in arrival])


def _found(report: _native.Report) -> pa.Table:
    """The findings of a group, and a row for its summary."""
    import pyarrow as pa

    found = pa.table(report)
    of_group: dict[str, Any] = {name: pa.nulls(1, found.schema.field(name).type) for name in COLUMNS}
    of_group[SUMMARY] = pa.array([report.summary()], type=pa.string())
    none = pa.nulls(found.num_rows, pa.string())
    return pa.concat_tables([found.select(COLUMNS).append_column(SUMMARY, none), pa.table(of_group)])


def merge(summaries: Iterable[str], *, fail_on: FailOn = "error") -> dict[str, Any]:
    """Merges the summaries of groups, in any order; adds the ``verdict`` on the whole, and why it is ``incomplete``.

    The figures are those of one run over all records in the order of their periods, except that groups are no inputs (UR001). A
    finding that concerns the run as a whole, such as an unknown member (UR103), may be listed once for each group.
    What is merged once can be merged again: see :func:`merge_part`.
    """
    outcome: dict[str, Any] = json.loads(_native.merge(list(summaries), fail_on))
    summary: dict[str, Any] = outcome["summary"]
    summary["verdict"] = outcome["verdict"]
    summary["incomplete"] = outcome["incomplete"]
    return summary


def merge_part(summaries: Iterable[str]) -> str:
    """Merges some summaries into one that :func:`merge` takes in their place."""
    outcome: dict[str, Any] = json.loads(_native.merge(list(summaries)))
    return json.dumps(outcome["summary"])


def series_of(table: pa.Table) -> pa.Table:
    """Adds ``account_sid`` and ``sim_sid`` to a table of texts, a record a row; empty where a record does not say."""
    import pyarrow as pa

    series = pa.table(_native.series(table))
    for name in ("account_sid", "sim_sid"):
        table = table.append_column(name, series.column(name))
    return table


__all__ = ["SUMMARY", "CheckOptions", "check_series", "merge", "merge_part", "options", "reconcile_account", "series_of"]
