"""Records for the tests, made from code."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

ACCOUNT = "AC" + "ab" * 16
AS_OF = "2026-07-03T00:00:00Z"


def sim(number: int) -> str:
    """The SID of a SIM."""
    return f"DE{number:032x}"


def day(start: str, home: tuple[int, int] = (10, 5), **members: Any) -> dict[str, Any]:
    """A record of one day with usage at home: downloaded and uploaded bytes."""
    begin = datetime.fromisoformat(start).replace(tzinfo=UTC)
    end = begin + timedelta(days=1)
    down, up = home
    node = {"total": down + up, "download": down, "upload": up, "units": "bytes"}
    none = {"total": 0, "to_sim": 0, "from_sim": 0}
    return {
        "account_sid": ACCOUNT,
        "period": {"start": f"{begin:%Y-%m-%dT%H:%M:%SZ}", "end": f"{end:%Y-%m-%dT%H:%M:%SZ}"},
        "commands": none | {"home": none},
        "data": node | {"home": node},
    } | members


def june(days: int = 30, **members: Any) -> list[dict[str, Any]]:
    """A record for each of the first days of June."""
    return [day(f"2026-06-{number:02}", (number, 1), **members) for number in range(1, days + 1)]


def ndjson(records: list[dict[str, Any]]) -> str:
    """A record a line."""
    return "".join(json.dumps(record) + "\n" for record in records)


def body(finding: dict[str, Any]) -> dict[str, Any]:
    """A finding without its place, which an engine does not know; a message may name another record by its number."""
    kept = {name: value for name, value in finding.items() if name not in ("source", "record", "line", "offset")}
    kept["message"] = re.sub(r"\brecord [0-9]+( of [^,]+)?", "record", kept["message"])
    return kept
