"""The rules inside Spark, by nothing but the public DataFrame API.

>>> from kore_usage.spark import check                                    # doctest: +SKIP
>>> findings, summary = check(spark.read.parquet("readings/"), as_of="2026-07-03T00:00:00Z")   # doctest: +SKIP
>>> summary["verdict"]                                                    # doctest: +SKIP
'pass'

The package has to be installed where the executors run, and pyarrow with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Unpack

from kore_usage import engines
from kore_usage._api import CheckOptions, Instant

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
    from pyspark.sql import DataFrame

_FOUND = ", ".join(f"{name} string" for name in engines.TEXT_COLUMNS) + ", provisional boolean"


def check(df: DataFrame, *, as_of: Instant, **options: Unpack[CheckOptions]) -> tuple[DataFrame, dict[str, Any]]:
    """Checks the records of a frame, and returns the findings, in no order, and the merged summary.

    The frame is one of ``readings``, or has a text column ``record`` (or only one text column) with a record a row. ``as_of`` is
    when the records were fetched; the other options are those of :func:`kore_usage.check`, but ``accounts`` is ``many`` unless
    told otherwise. The summary is the member ``summary`` of the JSON report, and has the ``verdict`` besides.

    The records of one account and SIM are one group, which one task holds in memory. The check runs when this is called, and the
    findings are kept where the cluster can keep them (``findings.unpersist()`` lets them go); otherwise using them checks again.
    """
    return _run(df, engines.check_series, ("account_sid", "sim_sid", "granularity"), as_of, options)


def reconcile(df: DataFrame, *, as_of: Instant, **options: Unpack[CheckOptions]) -> tuple[DataFrame, dict[str, Any]]:
    """Holds hours, days and longer periods, and SIMs and their account, against each other (UR601 to UR605).

    Takes and returns what :func:`check` does. The records of one account are one group.
    """
    return _run(df, engines.reconcile_account, ("account_sid",), as_of, options)


def _run(
    df: DataFrame,
    body: Callable[[pa.Table, dict[str, Any]], pa.Table],
    keys: tuple[str, ...],
    as_of: Instant,
    options: CheckOptions,
) -> tuple[DataFrame, dict[str, Any]]:
    given: dict[str, Any] = {**options, "as_of": as_of}
    checked = _kept(_grouped(df, body, keys, engines.options(**given)))
    merged = checked.where("summary is not null").select("summary")
    parts = merged.mapInArrow(_merge_part, "summary string").collect()
    summary = engines.merge((row["summary"] for row in parts), fail_on=options.get("fail_on", "error"))
    return checked.where("summary is null").drop("summary"), summary


def _grouped(
    df: DataFrame,
    body: Callable[[pa.Table, dict[str, Any]], pa.Table],
    keys: tuple[str, ...],
    told: dict[str, Any],
) -> DataFrame:
    column = _record_column(df)
    frame = _with_series(df if column == "record" else df.withColumnRenamed(column, "record"))
    by = [name for name in keys if name in frame.columns]
    # What is not needed is not sent around.
    needed = dict.fromkeys((*by, "granularity", *engines.ARRIVAL, "record"))
    groups = frame.select(*(name for name in needed if name in frame.columns)).groupBy(*by)
    schema = f"{_FOUND}, {engines.SUMMARY} string"
    if hasattr(groups, "applyInArrow"):
        return groups.applyInArrow(_in_arrow(body, told), schema)
    return groups.applyInPandas(_in_pandas(body, told), schema)


def _in_arrow(body: Callable[[pa.Table, dict[str, Any]], pa.Table], told: dict[str, Any]) -> Callable[[pa.Table], pa.Table]:
    def run(table: pa.Table) -> pa.Table:
        return body(table, told)

    return run


def _in_pandas(
    body: Callable[[pa.Table, dict[str, Any]], pa.Table], told: dict[str, Any]
) -> Callable[[pd.DataFrame], pd.DataFrame]:
    def run(frame: pd.DataFrame) -> pd.DataFrame:
        import pyarrow as pa

        return body(pa.Table.from_pandas(frame, preserve_index=False), told).to_pandas()

    return run


def _merge_part(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa

    for batch in batches:
        if batch.num_rows:
            merged = engines.merge_part(batch.column(0).to_pylist())
            yield pa.RecordBatch.from_pydict({"summary": [merged]})


def _record_column(df: DataFrame) -> str:
    texts: list[str] = [name for name, kind in df.dtypes if kind == "string"]
    if "record" in texts:
        return "record"
    if len(texts) != 1:
        raise ValueError(f"expected a text column named 'record', or only one text column; found {', '.join(texts) or 'none'}")
    return texts[0]


def _with_series(df: DataFrame) -> DataFrame:
    """Names the series of each record, by Rust: a frame may have no keys of a record that does not decode."""
    texts = df.select(*(name for name in ("record", "granularity", *engines.ARRIVAL) if name in df.columns))
    schema = ", ".join(f"{name} {kind}" for name, kind in texts.dtypes)
    return texts.mapInArrow(_name_series, f"{schema}, account_sid string, sim_sid string")


def _name_series(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa

    for batch in batches:
        yield from engines.series_of(pa.Table.from_batches([batch])).to_batches()


def _kept(df: DataFrame) -> DataFrame:
    """Keeps what is computed, where the cluster does: some that bill by the query refuse."""
    try:
        return df.persist()
    except Exception:
        return df
