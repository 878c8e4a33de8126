"""KORE Wireless usage records: read, checked, added up and fetched.

The work is done in Rust, by the engine of the program ``kore-usage``, while other Python threads run on. Nothing else has
to be installed. See the README of the package for examples.
"""

from kore_usage._api import (
    Records,
    Report,
    Rows,
    Summary,
    check,
    explain,
    fetch,
    flatten,
    read,
    reconcile,
    rules,
    schema,
    summary,
)
from kore_usage._emulator import Emulator
from kore_usage._errors import FetchError, MalformedDocument, MalformedRecord, UsageError
from kore_usage._native import __version__
from kore_usage._record import Record

__all__ = [
    "Emulator",
    "FetchError",
    "MalformedDocument",
    "MalformedRecord",
    "Record",
    "Records",
    "Report",
    "Rows",
    "Summary",
    "UsageError",
    "__version__",
    "check",
    "explain",
    "fetch",
    "flatten",
    "read",
    "reconcile",
    "rules",
    "schema",
    "summary",
]
