# %% [markdown]
# From the API to a plot. This script runs as it is: the account is emulated. With an account of yours, leave the emulator out, and give
# `fetch` your own credentials.

# %%
import sys

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import pandas as pd
import pyarrow as pa

import kore_usage as ku

# %% [markdown]
# Three months of daily records, complete or an exception.

# %%
with ku.Emulator(seed=3, now="2026-11-20T00:00:00Z") as api:
    records = list(
        ku.fetch(base_url=api.url, client_id="a", client_secret="b", start="2026-08-01", end="2026-11-01")
    )
print(len(records), "records")

# %% [markdown]
# Are they right?

# %%
report = ku.check(records, as_of="2026-11-20T00:00:00Z", granularity="daily", start="2026-08-01", end="2026-11-01")
print(report.headline)

# %% [markdown]
# Rows of one service, network and country, without Python's objects in between.

# %%
usage: pd.DataFrame = pa.table(ku.flatten(records, granularity="daily", fetched_at="2026-11-20").stream).to_pandas()
data = usage[(usage["service"] == "data") & (usage["network"] != "total")]
by_day = data.pivot_table(index="period_start", columns="network", values="total", aggfunc="sum") / 1e6

# %% [markdown]
# The months add up to what the program says.

# %%
for row in ku.summary(records, by=["month"], as_of="2026-11-20"):
    print(row["month"], row["data_total"], "bytes")
assert int(data["total"].sum()) == sum(row["data_total"] for row in ku.summary(records, by=["month"]))

# %%
axes = by_day.plot.area(title="Data by network", ylabel="MB a day", xlabel="")
axes.figure.savefig(sys.argv[1] if len(sys.argv) > 1 else "usage.png", dpi=100)
plt.close(axes.figure)
