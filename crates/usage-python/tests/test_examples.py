"""The documentation runs."""

from __future__ import annotations

import pathlib
import re
import subprocess
import sys

import pytest

CRATE = pathlib.Path(__file__).parent.parent


def test_the_script_goes_from_a_fetch_to_a_plot(tmp_path: pathlib.Path) -> None:
    for needed in ("matplotlib", "pandas", "pyarrow"):
        pytest.importorskip(needed)
    picture = tmp_path / "usage.png"
    script = CRATE / "examples" / "fetch_to_plot.py"
    done = subprocess.run([sys.executable, script, picture], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("92 records\npass") and picture.read_bytes().startswith(b"\x89PNG")


def test_the_statements_of_the_readme_run(tmp_path: pathlib.Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    pa = pytest.importorskip("pyarrow")
    import kore_usage as ku
    from samples import june

    usage = pa.table(ku.flatten(june(), granularity="daily", fetched_at="2026-07-03").stream)
    (block,) = re.findall(r"```sql\n(.*?)```", (CRATE / "README.md").read_text(), re.DOTALL)
    statements = [text for text in block.split(";") if text.strip()]
    assert len(statements) == 5
    with duckdb.connect() as connection:
        connection.register("usage", usage)
        for statement in statements:
            assert connection.sql(statement).fetchall(), statement
