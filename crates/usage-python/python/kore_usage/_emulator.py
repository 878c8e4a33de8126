"""The emulated API."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any

from kore_usage import _native
from kore_usage._api import Instant


class Emulator:
    """The usage-record API on 127.0.0.1: seeded, in virtual time, with faults on demand.

    It serves from the start until it is closed, best as a context manager::

        with kore_usage.Emulator(seed=3, now="2026-11-20T00:00:00Z") as api:
            records = list(kore_usage.fetch(base_url=api.url, client_id="a", client_secret="b"))

    Without ``client_id`` and ``client_secret`` any credentials are accepted. ``faults`` are written as for
    ``kore-usage emulate --fault``, for instance ``wrong-sum:2026-03-05:data.home.download:+1000``. ``latency`` is in seconds.
    Wrong arguments, and a port that cannot be had, raise ``ValueError``.
    """

    def __init__(
        self,
        *,
        seed: int | None = None,
        now: Instant | None = None,
        sims: int | None = None,
        faults: Sequence[str] = (),
        client_id: str | None = None,
        client_secret: str | None = None,
        latency: float | None = None,
        port: int = 0,
    ) -> None:
        if isinstance(faults, str):
            raise TypeError("faults: expected a list of str, found str")
        self._native = _native.Emulator(
            {
                "seed": seed,
                "now": now,
                "sims": sims,
                "faults": list(faults),
                "client_id": client_id,
                "client_secret": client_secret,
                "latency": latency,
                "port": port,
            }
        )

    def __enter__(self) -> Emulator:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stops serving. When it returns, the port is free."""
        self._native.close()

    @property
    def url(self) -> str:
        """Where the API is."""
        return self._native.url

    @property
    def token_url(self) -> str:
        """Where access tokens are given out."""
        return self._native.token_url

    @property
    def account_sid(self) -> str:
        """The account."""
        return self._native.account_sid

    @property
    def sims(self) -> list[str]:
        """The SIMs of the account."""
        return self._native.sims

    @property
    def now(self) -> datetime:
        """The time in the emulated world."""
        return datetime.fromisoformat(self._native.now)

    def advance(self, by: timedelta) -> datetime:
        """Puts the clock forward, and returns the new time."""
        return datetime.fromisoformat(self._native.advance(by.total_seconds()))

    def add_fault(self, fault: str) -> None:
        """Adds a fault; requests are counted from here on."""
        self._native.add_fault(fault)

    def clear_faults(self) -> None:
        """Takes all faults away."""
        self._native.clear_faults()

    def requests(self) -> list[dict[str, Any]]:
        """Returns what was asked and how it was answered."""
        requests: list[dict[str, Any]] = json.loads(self._native.requests())
        return requests

    def injected(self) -> list[dict[str, Any]]:
        """Returns what the faults change in the records now."""
        injected: list[dict[str, Any]] = json.loads(self._native.injected())
        return injected
