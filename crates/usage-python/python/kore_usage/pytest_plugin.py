"""Fixtures for pytest; they are there where the package is installed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from kore_usage import Emulator


def pytest_configure(config: pytest.Config) -> None:
    """Names the mark, so that strict configurations know it."""
    config.addinivalue_line("markers", "kore(**options): how the fixture kore_emulator is set up")


@pytest.fixture
def kore_emulator(request: pytest.FixtureRequest) -> Iterator[Emulator]:
    """An emulated account for one test, set up by ``@pytest.mark.kore(seed=3, faults=[…])``."""
    # Only here, so that coverage and import hooks of the tests see the package.
    from kore_usage import Emulator

    mark = request.node.get_closest_marker("kore")
    with Emulator(**(mark.kwargs if mark else {})) as emulator:
        yield emulator
