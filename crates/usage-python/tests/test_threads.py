"""Rust works without Python's lock, and threads do not meet."""

from __future__ import annotations

import os
import pathlib
import signal
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from samples import AS_OF, june, ndjson

import kore_usage as ku

TEXT = ndjson(june()).encode()


def test_other_threads_run_while_rust_reads(tmp_path: pathlib.Path) -> None:
    # The check waits for the pipe, which only this thread fills: with the lock held neither would ever end.
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with ThreadPoolExecutor(1) as pool:
        checked = pool.submit(ku.check, pipe, as_of=AS_OF)
        with pipe.open("wb") as writer:
            for line in TEXT.splitlines(keepends=True):
                writer.write(line)
                writer.flush()
        assert checked.result(timeout=60).summary["records"] == 30


def test_many_threads_get_the_report_of_one() -> None:
    alone = ku.check(TEXT, as_of=AS_OF).json()
    with ThreadPoolExecutor(8) as pool:
        reports = pool.map(lambda _: ku.check(TEXT, as_of=AS_OF).json(), range(64))
        assert set(reports) == {alone}


def test_an_iterator_is_read_by_one_thread_at_a_time() -> None:
    inside, done = threading.Event(), threading.Event()

    class Slow:
        def __init__(self) -> None:
            self.first = True

        def read(self, size: int) -> bytes:
            if self.first:
                self.first = False
                return TEXT[:10]
            inside.set()
            done.wait(60)
            return b""

    records = ku.read(Slow())
    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(lambda: next(records, None))
        assert inside.wait(60)
        with pytest.raises(ValueError, match="being read by another thread"):
            next(records)
        done.set()
        with pytest.raises(ku.MalformedDocument):
            reading.result(timeout=60)


def test_many_threads_share_an_iterator_and_lose_no_record() -> None:
    records = ku.read(TEXT * 100)
    seen: list[int] = []

    def take() -> None:
        while True:
            try:
                seen.append(next(records).number)
            except StopIteration:
                return
            except ValueError:
                continue  # another thread is at it

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(seen) == list(range(3000))


def test_ctrl_c_ends_a_check_that_takes_long() -> None:
    class Endless:
        """More and more records, with Ctrl-C after the first."""

        def __init__(self) -> None:
            self.count = 0

        def read(self, size: int) -> bytes:
            self.count += 1
            if self.count == 3:
                signal.raise_signal(signal.SIGINT)
            return TEXT

    with pytest.raises(KeyboardInterrupt):
        ku.check(Endless(), as_of=AS_OF)
