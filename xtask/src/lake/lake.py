"""Compares engines with the program: `lake.py PROGRAM SEEDS [ENGINE...]`; engines are duckdb, spark, sail, ray, dask and beam.

`lake.py PROGRAM --big READINGS RECORDS` checks one large table by Spark and by the program, and says what both take.
"""

from __future__ import annotations

import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import kore_usage as ku
from kore_usage.spark import check

NOW = "2026-03-15T12:00:00Z"
START, END = "2026-02-01", "2026-03-01"
PARTITIONS = (1, 2, 7)
SIMS = 6
FAULTS = (
    "wrong-sum:2026-02-05:data.home.download:+1000",
    "duplicate:2026-02-07",
    "malformed:2026-02-09",
    "gap:2026-02-11",
    "unknown-member:2026-02-13",
    "null-counter:2026-02-15",
    "outside-total:2026-02-17",
)

# What the examples of the README call the time of the fetch.
DOCUMENTED = "2026-07-03T00:00:00Z"
# How many files an example reads.
FILES = 3
# What goes before an example so that it listens on loopback alone.
BEFORE = {
    "ray": "import ray\n\nray.init(num_cpus=2, include_dashboard=False, _node_ip_address='127.0.0.1', object_store_memory=256 << 20)\n"
}
# What goes after it, so that it can be compared.
AFTER = """
import json
import pathlib

texts = list(findings["finding"]) if hasattr(findings, "columns") else [finding["finding"] for finding in findings]
pathlib.Path("told.json").write_text(json.dumps([summary, texts]))
"""

# After the last period of the large table, and before the first expires.
BIG_NOW = "2026-06-28T00:00:00Z"

PLACE = ("source", "record", "line", "offset")


class Program:
    """The program and the files that it makes."""

    def __init__(self, path: str, folder: pathlib.Path) -> None:
        self.path = path
        self.folder = folder

    def run(self, *arguments: str, codes: tuple[int, ...] = (0, 1), api: ku.Emulator | None = None) -> str:
        variables = {"PATH": os.environ["PATH"], "HOME": str(self.folder)}
        if api:
            variables |= {"KORE_BASE_URL": api.url, "KORE_CLIENT_ID": "a", "KORE_CLIENT_SECRET": "b"}
        done = subprocess.run([self.path, *arguments], env=variables, capture_output=True, text=True, check=False)
        if done.returncode not in codes:
            raise SystemExit(f"{' '.join(arguments)} ended with {done.returncode}:\n{done.stderr}")
        return done.stdout

    def tables(self, seed: int, faults: bool) -> tuple[pathlib.Path, pathlib.Path]:
        """The readings and the usage of an account that only the seed decides, SIM by SIM."""
        name = f"{seed}-{'faults' if faults else 'clean'}"
        readings, usage = self.folder / f"{name}.parquet", self.folder / f"{name}-usage.parquet"
        given = FAULTS if faults else ()
        with ku.Emulator(seed=seed, now=NOW, sims=SIMS) as api:
            chosen = [f"{fault};sim={api.sims[number % SIMS]}" for number, fault in enumerate(given)]
            for fault in chosen:
                try:
                    api.add_fault(fault)
                except ValueError:
                    pass  # one that would change nothing in this account
            fetch = ("fetch", "--all-sims", "--start", START, "--end", END, "--quiet")
            self.run(*fetch, "--readings", "-o", str(readings), api=api)
            self.run(*fetch, "-o", str(usage), api=api)
        return readings, usage

    def report(self, readings: pathlib.Path) -> dict[str, Any]:
        options = ("--accounts", "many", "--as-of", NOW, "--format", "json", "--max-findings", "1000000")
        report: dict[str, Any] = json.loads(self.run("validate", str(readings), *options, codes=(0, 1, 3)))
        return report


def bodies(findings: list[dict[str, Any]]) -> list[str]:
    """Findings without their places, in an order of their own. A message may name another record by its number."""
    kept = [{name: value for name, value in finding.items() if name not in PLACE} for finding in findings]
    for finding in kept:
        finding["message"] = re.sub(r"\brecord [0-9]+( of [^,]+)?", "record", finding["message"])
    return sorted(json.dumps(finding, sort_keys=True) for finding in kept)


def figures(summary: dict[str, Any]) -> dict[str, Any]:
    """A summary without what is said of inputs, which a group is not (UR001), and of how many runs were merged."""
    kept = {name: value for name, value in summary.items() if name not in ("verdict", "incomplete", "carried")}
    kept["rules"] = {code: dict(count) for code, count in kept["rules"].items() if code != "UR001"}
    kept["not_evaluated"] = [code for code in kept["not_evaluated"] if code != "UR001"]
    return kept


def same(what: str, one: Any, other: Any) -> None:
    if one != other:
        raise SystemExit(f"{what} differs\nengine:  {one}\nprogram: {other}")


def compare(spark: Any, table: Any, report: dict[str, Any], what: str) -> int:
    findings, summary = check(table, as_of=NOW)
    found = [json.loads(row["finding"]) for row in findings.select("finding").collect()]
    same(f"{what}: verdict", summary["verdict"], report["verdict"])
    same(f"{what}: summary", figures(summary), figures(report["summary"]))
    same(f"{what}: findings", bodies(found), bodies(report["findings"]))
    try:
        findings.unpersist()
    except Exception:
        pass
    return len(found)


def engine(name: str, spark: Any, program: Program, seeds: int) -> None:
    from pyspark.sql import functions as f

    runs = found = 0
    began = time.monotonic()
    for seed in range(1, seeds + 1):
        readings, _ = program.tables(seed, faults=True)
        report = program.report(readings)
        frame = spark.read.parquet(str(readings))
        for partitions in PARTITIONS:
            shuffled = frame.repartition(partitions).orderBy(f.rand(seed))
            found += compare(spark, shuffled, report, f"{name}: seed {seed}, {partitions} partitions")
            runs += 1
        if seed == 1:
            texts = frame.select("record").repartition(2)
            lines = check(texts, as_of=NOW, granularity="daily")[1]
            same(f"{name}: texts alone", figures(lines), figures(report["summary"]))
        totals(name, spark, program, seed)
    took = time.monotonic() - began
    print(f"{name}: {runs} runs with {found} findings are the same as the program's, in {took:.0f} s")


def totals(name: str, spark: Any, program: Program, seed: int) -> None:
    """What the engine adds up over an account without faults is what the rules do."""
    readings, usage = program.tables(seed, faults=False)
    counted = program.report(readings)["summary"]["totals"]
    table = spark.read.parquet(str(usage)).where("network = 'total'").groupBy("service")
    rows = table.agg({"total": "sum", "to_sim": "sum", "from_sim": "sum"}).collect()
    for row in rows:
        told = row.asDict()
        names = ("total", "download", "upload") if told["service"] == "data" else ("total", "to_sim", "from_sim")
        for column, counter in zip(("total", "to_sim", "from_sim"), names, strict=True):
            same(f"{name}: {told['service']} {column}", str(told[f"sum({column})"]), counted[told["service"]][counter])


def duckdb(program: Program, seeds: int) -> None:
    import duckdb

    for seed in range(1, seeds + 1):
        readings, usage = program.tables(seed, faults=False)
        counted = program.report(readings)["summary"]
        (count,) = duckdb.sql(f"select count(*) from '{readings}'").fetchall()[0]
        same("duckdb: records", count, counted["records"])
        for service, total, share in duckdb.sql(
            "select service, sum(total) filter (network = 'total'), sum(total) filter (network <> 'total') "
            f"from '{usage}' group by service"
        ).fetchall():
            same(f"duckdb: {service}", str(total), counted["totals"][service]["total"])
            same(f"duckdb: shares of {service}", share, total)
    print(f"duckdb: {seeds} accounts are read, and add up to what the program says")


def example(name: str, program: Program, seeds: int) -> None:
    """The example of the README, run as it stands there but for the time: on several files, with their rows shuffled."""
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    blocks = re.findall(r"```python\n(.*?)```", pathlib.Path("README.md").read_text(), re.DOTALL)
    (block,) = [block for block in blocks if block.startswith(f"# {name.capitalize()}\n")]
    script = program.folder / f"in_{name}.py"
    script.write_text(BEFORE.get(name, "") + block.replace(DOCUMENTED, NOW) + AFTER)
    found = 0
    began = time.monotonic()
    for seed in range(1, seeds + 1):
        readings, _ = program.tables(seed, faults=True)
        report = program.report(readings)
        folder = program.folder / f"{name}-{seed}"
        (folder / "readings").mkdir(parents=True)
        table = pq.read_table(readings)
        table = table.take(pc.sort_indices(pc.random(table.num_rows, initializer=seed)))
        step = -(-table.num_rows // FILES)
        for number in range(FILES):
            pq.write_table(table.slice(number * step, step), folder / "readings" / f"{number}.parquet")
        done = subprocess.run([sys.executable, script], cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"{name}: the example ended with {done.returncode}:\n{done.stderr}")
        summary, findings = json.loads((folder / "told.json").read_text())
        what = f"{name}: seed {seed}"
        same(f"{what}: verdict", summary["verdict"], report["verdict"])
        same(f"{what}: summary", figures(summary), figures(report["summary"]))
        same(f"{what}: findings", bodies([json.loads(text) for text in findings]), bodies(report["findings"]))
        found += len(findings)
    took = time.monotonic() - began
    print(f"{name}: {seeds} runs of the README's example with {found} findings are the same as the program's, in {took:.0f} s")


def big(program: Program, readings: pathlib.Path, records: int) -> None:
    """One large table: what Spark takes for it, and what the program does, each alone."""
    command = [program.path, "validate", str(readings), "--accounts", "many", "--as-of", BIG_NOW, "--format", "json"]
    report_file = program.folder / "report.json"
    print(f"{records} records in {readings.stat().st_size / 1e6:.0f} MB of Parquet", flush=True)
    with Watched() as watched, report_file.open("wb") as report_out:
        done = subprocess.run([*command, "--max-findings", "1000000"], stdout=report_out, check=False)
    if done.returncode not in (0, 1):
        raise SystemExit(f"validate ended with {done.returncode}")
    report = json.loads(report_file.read_text())
    same("big: records", report["summary"]["records"], records)
    print(f"program: {watched}", flush=True)
    with Watched() as watched, local_cluster(partitions=32) as spark:
        findings, summary = check(spark.read.parquet(str(readings)), as_of=BIG_NOW)
        count = findings.count()
        names = [row["fingerprint"] for row in findings.select("fingerprint").collect()]
    print(f"spark, local-cluster with two executors of one core: {watched}")
    same("big: verdict", summary["verdict"], report["verdict"])
    same("big: summary", figures(summary), figures(report["summary"]))
    same("big: findings", sorted(names), sorted(finding["fingerprint"] for finding in report["findings"]))
    print(f"both found the same {count} findings")


class Watched:
    """What this process's descendants take: time, CPU, and the most memory that they have at one time.

    They are looked at four times a second, so that the last quarter of each one's CPU may be missing. Shared pages are counted
    once (PSS).
    """

    def __enter__(self) -> Watched:
        self.began = time.monotonic()
        self.cpu: dict[int, float] = {}
        self.peak = 0
        self.before = self.descendants()
        self.ended = threading.Event()
        self.watcher = threading.Thread(target=self.watch)
        self.watcher.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.took = time.monotonic() - self.began
        self.ended.set()
        self.watcher.join()

    def __str__(self) -> str:
        used = sum(cpu - self.before.get(pid, 0) for pid, cpu in self.cpu.items())
        return f"{self.took:.0f} s, {used:.0f} s of CPU, at most {self.peak / 1024:.0f} MiB of memory"

    def watch(self) -> None:
        while not self.ended.wait(0.25):
            now = self.descendants()
            self.cpu |= now
            self.peak = max(self.peak, sum(map(self.memory, now)))

    @staticmethod
    def descendants() -> dict[int, float]:
        """The processes below this one, each with the seconds of CPU that it used so far."""
        parents: dict[int, int] = {}
        used: dict[int, float] = {}
        for folder in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                words = (folder / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            parents[int(folder.name)] = int(words[1])
            used[int(folder.name)] = (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")
        found: set[int] = {os.getpid()}
        while more := {pid for pid, parent in parents.items() if parent in found} - found:
            found |= more
        return {pid: used[pid] for pid in found - {os.getpid()}}

    @staticmethod
    def memory(pid: int) -> int:
        """KiB."""
        try:
            lines = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            return 0
        return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def executors(app: str) -> list[int]:
    """The executors of an application of ours."""
    found = []
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if b"org.apache.spark.executor.CoarseGrainedExecutorBackend" in words and app.encode() in words:
            found.append(int(folder.name))
    return sorted(found)


def killed(spark: Any, program: Program) -> None:
    """An executor that is killed in the middle changes nothing."""
    from pyspark.sql import functions as f

    readings, _ = program.tables(1, faults=True)
    report = program.report(readings)
    app = spark.sparkContext.applicationId
    victims: list[int] = []

    def kill() -> None:
        status = spark.sparkContext.statusTracker()
        until = time.monotonic() + 60
        while time.monotonic() < until:
            stages = [status.getStageInfo(stage) for stage in status.getActiveStageIds()]
            if any(stage and stage.numActiveTasks for stage in stages):
                victims.extend(executors(app)[:1])
                for victim in victims:
                    os.kill(victim, signal.SIGKILL)
                return
            time.sleep(0.01)

    killer = threading.Thread(target=kill)
    killer.start()
    compare(spark, spark.read.parquet(str(readings)).repartition(7).orderBy(f.rand(1)), report, "with an executor killed")
    killer.join()
    if not victims:
        raise SystemExit("no executor was there to be killed")
    print(f"spark: executor {victims[0]} was killed in the middle, and nothing differs")


@contextmanager
def local_cluster(partitions: int = 4) -> Iterator[Any]:
    from pyspark.sql import SparkSession

    spark = (
        SparkSession.builder.master("local-cluster[2,1,1024]")
        .config("spark.executor.memory", "1g")
        .config("spark.sql.shuffle.partitions", str(partitions))
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.sql.execution.arrow.maxRecordsPerBatch", "1000")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("OFF")
    try:
        yield spark
    finally:
        spark.stop()


@contextmanager
def sail() -> Iterator[Any]:
    from pysail.spark import SparkConnectServer
    from pyspark.sql import SparkSession

    server = SparkConnectServer()
    server.start()
    _, port = server.listening_address
    spark = SparkSession.builder.remote(f"sc://localhost:{port}").getOrCreate()
    try:
        yield spark
    finally:
        spark.stop()
        server.stop()


def main() -> None:
    path, seeds, *engines = sys.argv[1:]
    # The engine's workers are started with this Python.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    with tempfile.TemporaryDirectory() as folder:
        program = Program(path, pathlib.Path(folder))
        if seeds == "--big":
            readings, records = engines
            return big(program, pathlib.Path(readings), int(records))
        runs: dict[str, Callable[[], None]] = {
            "duckdb": lambda: duckdb(program, int(seeds)),
            "spark": lambda: on(local_cluster, "spark", program, int(seeds)),
            "sail": lambda: on(sail, "sail", program, int(seeds)),
            "ray": lambda: example("ray", program, int(seeds)),
            "dask": lambda: example("dask", program, int(seeds)),
            "beam": lambda: example("beam", program, int(seeds)),
        }
        if not engines:
            raise SystemExit(f"expected engines: {', '.join(runs)}")
        for name in engines:
            if name not in runs:
                raise SystemExit(f"there is no engine {name}: expected {', '.join(runs)}")
        if len(engines) == 1:
            return runs[engines[0]]()
    # Each in a process of its own: one that had a session with Sail starts no cluster of Spark any more.
    for name in engines:
        if subprocess.run([sys.executable, __file__, path, seeds, name], check=False).returncode:
            raise SystemExit(f"{name} differs, or did not run")


def on(session: Callable[[], Any], name: str, program: Program, seeds: int) -> None:
    with session() as spark:
        engine(name, spark, program, seeds)
        if name == "spark":
            killed(spark, program)


if __name__ == "__main__":
    main()
