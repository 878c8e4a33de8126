"""Lists usage records with the vendor family's SDK and writes what it got.

usage: records.py BASE_URL SIM_COUNT > lists.json

The SDK is pointed at the emulator through its own hook, the HTTP client: nothing of it is patched. It
believes that it talks to its own host, and follows the links that it is given.
"""

import json
import sys
import urllib.request
from datetime import datetime, timezone

from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

HOST = "https://wireless.twilio.com"


class ToEmulator(TwilioHttpClient):
    """Sends what is meant for the SDK's host to the emulator, and counts it."""

    def __init__(self, base):
        super().__init__()
        self.base = base
        self.requests = 0

    def request(self, method, url, *args, **kwargs):
        if not url.startswith(HOST + "/"):
            raise SystemExit(f"the SDK was led away from its host, to {url}")
        self.requests += 1
        return super().request(method, self.base + url[len(HOST):], *args, **kwargs)


def plain(record):
    """The members of a record that the SDK exposes."""
    names = ["account_sid", "sim_sid", "period", "commands", "data"]
    return {name: getattr(record, name) for name in names if hasattr(record, name)}


def main(base, sim_count):
    with urllib.request.urlopen(base + "/_emulator/account") as answer:
        account = json.load(answer)["account_sid"]
    with urllib.request.urlopen(base + "/_emulator/sims") as answer:
        sims = json.load(answer)[:sim_count]
    http = ToEmulator(base)
    client = Client(account, "secret", http_client=http)
    windows = {
        "daily": (datetime(2025, 9, 1, tzinfo=timezone.utc), datetime(2026, 3, 15, tzinfo=timezone.utc)),
        "hourly": (datetime(2026, 2, 20, tzinfo=timezone.utc), datetime(2026, 3, 15, tzinfo=timezone.utc)),
        "all": (datetime(2025, 3, 1, tzinfo=timezone.utc), datetime(2026, 3, 15, tzinfo=timezone.utc)),
    }
    lists = []
    for sim in [None, *sims]:
        wireless = client.wireless.v1
        source = wireless.usage_records if sim is None else wireless.sims(sim).usage_records
        for granularity, (start, end) in windows.items():
            records = source.list(start=start, end=end, granularity=granularity, page_size=37)
            lists.append(
                {
                    "sim": sim,
                    "granularity": granularity,
                    "start": start.strftime("%Y-%m-%dT%H:%M:%SZ"),
                    "end": end.strftime("%Y-%m-%dT%H:%M:%SZ"),
                    "records": [plain(record) for record in records],
                }
            )
    json.dump({"requests": http.requests, "lists": lists}, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
