"""The client against the emulated API."""

from __future__ import annotations

import gc
import threading
from datetime import timedelta

import pytest

import kore_usage as ku

NOW = "2026-11-20T00:00:00Z"


def fetch(api: ku.Emulator, **options: object) -> ku.Records[ku.Record]:
    given = {"client_id": "a", "client_secret": "b", "start": "2026-10-01", "end": "2026-11-01"} | options
    return ku.fetch(base_url=api.url, **given)  # type: ignore[arg-type]


def test_fetched_records_are_checked_and_added_up() -> None:
    with ku.Emulator(seed=3, now=NOW) as api:
        records = list(fetch(api))
        hourly = list(fetch(api, granularity="hourly"))
        of_sims = list(fetch(api, sim=api.sims[:2]))
    assert len(records) == 31 and len(hourly) == 31 * 24 and len(of_sims) == 62
    assert records[0]["period"]["start"].startswith("2026-10-01")
    report = ku.check(records, as_of=NOW, granularity="daily", start="2026-10-01", end="2026-11-01")
    assert report.ok, report.headline
    daily = ku.summary(records, by=["month"])[0]["data_total"]
    assert daily == ku.summary(hourly, by=["month"])[0]["data_total"] > 0


def test_faults_are_found_where_they_were_put() -> None:
    with ku.Emulator(seed=3, now=NOW, faults=["wrong-sum:2026-10-05:data.home.download:+1000"]) as api:
        report = ku.check(fetch(api), as_of=NOW)
        (injected,) = api.injected()
    assert report.verdict == "fail"
    errors = [finding for finding in report.findings if finding["severity"] == "error"]
    assert {finding["suspect"]["pointer"] for finding in errors} == {injected["pointer"]}


@pytest.mark.kore(seed=5, faults=["status:503@1"])
def test_failures_are_tried_again(kore_emulator: ku.Emulator) -> None:
    now = kore_emulator.now
    records = list(fetch(kore_emulator, start=now - timedelta(days=10), end=now - timedelta(days=3)))
    assert len(records) >= 7 and any(request["status"] == 503 for request in kore_emulator.requests())


def test_a_refusal_says_what_failed_and_names_no_secret(kore_emulator: ku.Emulator) -> None:
    with ku.Emulator(client_id="right", client_secret="right") as api, pytest.raises(ku.FetchError) as raised:
        list(fetch(api, client_secret="very-secret"))
    assert raised.value.status == 401 and isinstance(raised.value, ConnectionError)
    assert "very-secret" not in str(raised.value) + repr(raised.value) and "help:" in str(raised.value)


def test_what_follows_a_missing_window_can_still_be_had() -> None:
    with ku.Emulator(seed=3, now=NOW, faults=["status:500@2"]) as api:
        records = fetch(api, attempts=1, concurrency=1, granularity="hourly", start="2026-06-01")
        given, missing = 0, 0
        while True:
            try:
                next(records)
                given += 1
            except StopIteration:
                break
            except ku.FetchError:
                missing += 1
    assert missing == 1 and given > 1000


def test_an_emulator_that_is_closed_says_so() -> None:
    api = ku.Emulator()
    url = api.url
    api.close()
    api.close()
    with pytest.raises(ku.UsageError, match="closed"):
        _ = api.url
    with pytest.raises(ku.FetchError, match="page 1"):
        list(ku.fetch(base_url=url, access_token="t", attempts=1))


def test_the_clock_is_put_forward(kore_emulator: ku.Emulator) -> None:
    before = kore_emulator.now
    assert kore_emulator.advance(timedelta(hours=48)) - before == timedelta(hours=48)
    assert kore_emulator.account_sid.startswith("AC") and len(kore_emulator.sims) == 25


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"faults": ["nothing"]}, "fault: "),
        ({"sims": 10**7}, "million|SIMs"),
        ({"latency": -1.0}, "latency: "),
        ({"client_id": "a"}, "client_secret"),
        ({"now": "soon"}, "now: "),
    ],
)
def test_wrong_options_of_the_emulator_are_value_errors(options: dict[str, object], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        ku.Emulator(**options)  # type: ignore[arg-type]


def test_wrong_options_of_a_fetch_are_value_errors() -> None:
    for options, why in (
        ({}, "credentials: "),
        ({"client_id": "a"}, "credentials: "),
        ({"access_token": "t", "base_url": "nowhere"}, "base_url: "),
        ({"access_token": "t", "page_size": 0}, "page_size: "),
        ({"access_token": "t", "sim": "DE"}, "sim: "),
        ({"access_token": "t", "base_url": "http://example.com"}, "http"),
        ({"access_token": "t", "concurrency": 0}, "concurrency: "),
    ):
        with pytest.raises(ValueError, match=why):
            ku.fetch(**options)


def test_a_fetch_that_nobody_reads_any_more_ends() -> None:
    def fetching() -> int:
        return sum(thread.name.startswith("kore") for thread in threading.enumerate())

    with ku.Emulator(now=NOW) as api:
        records = fetch(api, granularity="hourly", start="2026-06-01")
        next(records)
        del records
        gc.collect()
    assert fetching() == 0
