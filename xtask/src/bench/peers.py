"""Counts the records of an NDJSON file that break one of eight sums, as one would with the library named first."""

import sys

TREES = {"commands": ("total", "to_sim", "from_sim"), "data": ("total", "download", "upload")}


def duckdb_count(path):
    import duckdb

    node = lambda names, more="": "STRUCT(" + ", ".join(f"{n} BIGINT" for n in names) + more + ")"
    columns = []
    for tree, names in TREES.items():
        country = node(names)
        children = f", home {node(names)}, national_roaming {node(names)}, international_roaming {country}[]"
        columns.append(f"{tree}: '{node(names, children)}'")
    wrong = []
    for tree, (total, toward, back) in TREES.items():
        wrong.append(f"{tree}.{total} <> {tree}.{toward} + {tree}.{back}")
        for name in (total, toward, back):
            entries = f"list_sum(list_transform({tree}.international_roaming, lambda x: x.{name}))"
            wrong.append(f"{tree}.{name} <> {tree}.home.{name} + {tree}.national_roaming.{name} + coalesce({entries}, 0)")
    duckdb.sql("SET threads = 1")
    reader = f"read_json('{path}', format = 'newline_delimited', columns = {{{', '.join(columns)}}})"
    return duckdb.sql(f"SELECT count(*) FROM {reader} WHERE {' OR '.join(wrong)}").fetchall()[0][0]


def polars_count(path):
    import polars as pl

    wrong = pl.lit(False)
    for tree, (total, toward, back) in TREES.items():
        at = lambda name, tree=tree: pl.col(tree).struct.field(name)
        wrong = wrong | (at(total) != at(toward) + at(back))
        for name in (total, toward, back):
            entries = at("international_roaming").list.eval(pl.element().struct.field(name)).list.sum()
            shares = at("home").struct.field(name) + at("national_roaming").struct.field(name) + entries
            wrong = wrong | (at(name) != shares)
    return pl.scan_ndjson(path).filter(wrong).select(pl.len()).collect().item()


def is_wrong(record, get):
    for tree, (total, toward, back) in TREES.items():
        top = get(record, tree)
        if get(top, total) != get(top, toward) + get(top, back):
            return True
        shares = [get(top, "home"), get(top, "national_roaming"), *get(top, "international_roaming")]
        if any(get(top, name) != sum(get(share, name) for share in shares) for name in (total, toward, back)):
            return True
    return False


def types(base, **options):
    """The record as classes of a library: what `base` is, with these annotations."""
    made = {}
    for tree, names in TREES.items():
        entry = type(f"{tree}_entry", (base,), {"__annotations__": dict.fromkeys(names, int)}, **options)
        children = {"home": entry, "national_roaming": entry, "international_roaming": list[entry]}
        made[tree] = type(tree, (base,), {"__annotations__": dict.fromkeys(names, int) | children}, **options)
    return type("record", (base,), {"__annotations__": made}, **options)


def msgspec_count(path):
    import msgspec

    decode = msgspec.json.Decoder(types(msgspec.Struct)).decode
    with open(path, "rb") as file:
        return sum(is_wrong(decode(line), getattr) for line in file)


def pydantic_count(path):
    import pydantic

    read = types(pydantic.BaseModel).model_validate_json
    with open(path, "rb") as file:
        return sum(is_wrong(read(line), getattr) for line in file)


print({"duckdb": duckdb_count, "polars": polars_count, "msgspec": msgspec_count, "pydantic": pydantic_count}[sys.argv[1]](sys.argv[2]))
