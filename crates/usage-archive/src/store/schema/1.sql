-- Tables are private; views are the contract. Times in tables are seconds since 1970 in UTC, in views RFC 3339.

-- Dictionaries that texts are compressed with; never changed, because texts refer to them.
CREATE TABLE dictionary (
    dictionary_id INTEGER PRIMARY KEY,
    bytes BLOB NOT NULL
) STRICT;

-- `latest_at` is the latest time that the account was read: later readings must not be earlier.
CREATE TABLE account (
    account_sid TEXT PRIMARY KEY,
    latest_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Which account answered behind an address and its credentials.
CREATE TABLE source (
    source TEXT PRIMARY KEY,
    account_sid TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- `sim_sid` is empty for the account's own records, so that the key is unique.
CREATE TABLE series (
    series_id INTEGER PRIMARY KEY,
    account_sid TEXT NOT NULL,
    sim_sid TEXT NOT NULL,
    granularity TEXT NOT NULL CHECK (granularity IN ('hourly', 'daily', 'all')),
    UNIQUE (account_sid, sim_sid, granularity)
) STRICT;

-- `object` is the SIM as the API listed it last; null where only its records were read. `left_at` is when the list
-- had it no longer, and `is_gone` says that nothing was found under its SID after that.
CREATE TABLE sim (
    account_sid TEXT NOT NULL,
    sim_sid TEXT NOT NULL,
    first_seen_at INTEGER NOT NULL,
    last_listed_at INTEGER,
    left_at INTEGER,
    is_gone INTEGER NOT NULL DEFAULT 0,
    object TEXT,
    PRIMARY KEY (account_sid, sim_sid)
) STRICT, WITHOUT ROWID;

CREATE TABLE run (
    run_id INTEGER PRIMARY KEY,
    started_at INTEGER NOT NULL,
    finished_at INTEGER,
    program TEXT NOT NULL,
    outcome TEXT CHECK (outcome IN ('complete', 'incomplete', 'interrupted', 'failed')),
    requests INTEGER NOT NULL DEFAULT 0,
    readings_added INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE window_read (
    window_id INTEGER PRIMARY KEY,
    series_id INTEGER NOT NULL REFERENCES series,
    window_start INTEGER NOT NULL,
    window_end INTEGER NOT NULL,
    read_at INTEGER NOT NULL,
    run_id INTEGER NOT NULL REFERENCES run
) STRICT;
CREATE INDEX window_read_by_series ON window_read (series_id, window_end);

-- One row a reading. `superseded_by` is the next reading of the same period, null for the current one.
-- `period_start` is null for a record that does not say when it is, `period_until` where the period lasts one hour
-- or day, as its granularity says.
-- `seen_for` is the time from `fetched_at` until the same record was seen last.
-- `nodes` has a bit for each node that the record has: data, its home and national share (1, 2, 4), and the
-- same of commands (8, 16, 32). Where every total is the sum of the two directions, as it should be, the bit 64 says
-- so and the totals are null. International shares, and nodes in another currency than the others, are in `part`.
-- Amounts are integers in millionths of the currency; text where they have more digits.
-- What sums need stands first, because SQLite reads a row from its start.
CREATE TABLE reading (
    reading_id INTEGER PRIMARY KEY,
    superseded_by INTEGER,
    series_id INTEGER NOT NULL REFERENCES series,
    period_start TEXT,
    nodes INTEGER NOT NULL,
    data_total INTEGER,
    data_to_sim INTEGER,
    data_from_sim INTEGER,
    commands_total INTEGER,
    commands_to_sim INTEGER,
    commands_from_sim INTEGER,
    data_home_total INTEGER,
    data_home_to_sim INTEGER,
    data_home_from_sim INTEGER,
    commands_home_total INTEGER,
    commands_home_to_sim INTEGER,
    commands_home_from_sim INTEGER,
    data_national_total INTEGER,
    data_national_to_sim INTEGER,
    data_national_from_sim INTEGER,
    commands_national_total INTEGER,
    commands_national_to_sim INTEGER,
    commands_national_from_sim INTEGER,
    period_until TEXT,
    fetched_at INTEGER NOT NULL,
    seen_for INTEGER NOT NULL,
    times_seen INTEGER NOT NULL,
    run_id INTEGER NOT NULL REFERENCES run,
    currency TEXT,
    data_billed ANY,
    data_home_billed ANY,
    data_national_billed ANY,
    commands_billed ANY,
    commands_home_billed ANY,
    commands_national_billed ANY
) STRICT;
CREATE INDEX reading_by_period ON reading (series_id, period_start);

-- `part_id` is `reading_id` shifted left by 20 bits, plus the number of the part. `node` is the number of the node's bit
-- for a node in another currency than the others, 6 for an international share of data and 7 for one of commands.
-- `currency` is null where it is that of the reading, and empty for none.
CREATE TABLE part (
    part_id INTEGER PRIMARY KEY,
    node INTEGER NOT NULL,
    country TEXT,
    total INTEGER,
    to_sim INTEGER,
    from_sim INTEGER,
    billed ANY,
    currency TEXT
) STRICT;
CREATE INDEX part_in_other_currency ON part (node) WHERE node < 6;

-- The record as it was received, compressed, and the hash of the chain.
CREATE TABLE record (
    reading_id INTEGER PRIMARY KEY REFERENCES reading,
    hash BLOB NOT NULL,
    dictionary_id INTEGER NOT NULL REFERENCES dictionary,
    text BLOB NOT NULL
) STRICT;

-- Readings with their keys; what the public views share. The joins are left joins because SQLite leaves those out
-- where no column of theirs is asked for.
CREATE VIEW placed AS
SELECT r.*, r.fetched_at + r.seen_for AS last_seen_at, s.account_sid, nullif(s.sim_sid, '') AS sim_sid, s.granularity,
    coalesce(r.period_until, strftime('%Y-%m-%dT%H:%M:%SZ', r.period_start,
        CASE s.granularity WHEN 'hourly' THEN '+1 hour' ELSE '+1 day' END)) AS period_end
FROM reading AS r LEFT JOIN series AS s ON s.series_id = r.series_id;

-- The state is by age at the fetch alone.
CREATE VIEW located AS
SELECT *,
    CASE
        WHEN period_start IS NULL THEN NULL
        WHEN fetched_at - strftime('%s', period_end) < 86400 THEN 'provisional'
        WHEN fetched_at - strftime('%s', period_end) < 172800 THEN 'settling'
        ELSE 'final'
    END AS state
FROM placed;

CREATE VIEW usage AS
SELECT account_sid, sim_sid, granularity, period_start, period_end, 'data' AS service, 'total' AS network,
    NULL AS country,
    CASE WHEN nodes & 64 THEN data_to_sim + data_from_sim ELSE data_total END AS total,
    data_to_sim AS to_sim, data_from_sim AS from_sim,
    CASE typeof(data_billed) WHEN 'integer'
        THEN rtrim(rtrim(printf('%d.%06d', data_billed / 1000000, data_billed % 1000000), '0'), '.')
        ELSE data_billed END AS billed,
    currency, state, reading_id
FROM located WHERE superseded_by IS NULL AND nodes & 1
UNION ALL
SELECT account_sid, sim_sid, granularity, period_start, period_end, 'data' AS service, 'home' AS network,
    NULL AS country,
    CASE WHEN nodes & 64 THEN data_home_to_sim + data_home_from_sim ELSE data_home_total END AS total,
    data_home_to_sim AS to_sim, data_home_from_sim AS from_sim,
    CASE typeof(data_home_billed) WHEN 'integer'
        THEN rtrim(rtrim(printf('%d.%06d', data_home_billed / 1000000, data_home_billed % 1000000), '0'), '.')
        ELSE data_home_billed END AS billed,
    currency, state, reading_id
FROM located WHERE superseded_by IS NULL AND nodes & 2
UNION ALL
SELECT account_sid, sim_sid, granularity, period_start, period_end, 'data' AS service, 'national' AS network,
    NULL AS country,
    CASE WHEN nodes & 64 THEN data_national_to_sim + data_national_from_sim ELSE data_national_total END AS total,
    data_national_to_sim AS to_sim, data_national_from_sim AS from_sim,
    CASE typeof(data_national_billed) WHEN 'integer'
        THEN rtrim(rtrim(printf('%d.%06d', data_national_billed / 1000000, data_national_billed % 1000000), '0'), '.')
        ELSE data_national_billed END AS billed,
    currency, state, reading_id
FROM located WHERE superseded_by IS NULL AND nodes & 4
UNION ALL
SELECT account_sid, sim_sid, granularity, period_start, period_end, 'commands' AS service, 'total' AS network,
    NULL AS country,
    CASE WHEN nodes & 64 THEN commands_to_sim + commands_from_sim ELSE commands_total END AS total,
    commands_to_sim AS to_sim, commands_from_sim AS from_sim,
    CASE typeof(commands_billed) WHEN 'integer'
        THEN rtrim(rtrim(printf('%d.%06d', commands_billed / 1000000, commands_billed % 1000000), '0'), '.')
        ELSE commands_billed END AS billed,
    currency, state, reading_id
FROM located WHERE superseded_by IS NULL AND nodes & 8
UNION ALL
SELECT account_sid, sim_sid, granularity, period_start, period_end, 'commands' AS service, 'home' AS network,
    NULL AS country,
    CASE WHEN nodes & 64 THEN commands_home_to_sim + commands_home_from_sim ELSE commands_home_total END AS total,
    commands_home_to_sim AS to_sim, commands_home_from_sim AS from_sim,
    CASE typeof(commands_home_billed) WHEN 'integer'
        THEN rtrim(rtrim(printf('%d.%06d', commands_home_billed / 1000000, commands_home_billed % 1000000), '0'), '.')
        ELSE commands_home_billed END AS billed,
    currency, state, reading_id
FROM located WHERE superseded_by IS NULL AND nodes & 16
UNION ALL
SELECT account_sid, sim_sid, granularity, period_start, period_end, 'commands' AS service, 'national' AS network,
    NULL AS country,
    CASE WHEN nodes & 64 THEN commands_national_to_sim + commands_national_from_sim ELSE commands_national_total END AS total,
    commands_national_to_sim AS to_sim, commands_national_from_sim AS from_sim,
    CASE typeof(commands_national_billed) WHEN 'integer'
        THEN rtrim(rtrim(printf('%d.%06d', commands_national_billed / 1000000, commands_national_billed % 1000000), '0'), '.')
        ELSE commands_national_billed END AS billed,
    currency, state, reading_id
FROM located WHERE superseded_by IS NULL AND nodes & 32
UNION ALL
SELECT l.account_sid, l.sim_sid, l.granularity, l.period_start, l.period_end, 'data' AS service, 'international' AS network,
    p.country,
    CASE WHEN nodes & 64 THEN p.to_sim + p.from_sim ELSE p.total END AS total, p.to_sim, p.from_sim,
    CASE typeof(p.billed) WHEN 'integer'
        THEN rtrim(rtrim(printf('%d.%06d', p.billed / 1000000, p.billed % 1000000), '0'), '.')
        ELSE p.billed END AS billed,
    CASE WHEN p.currency IS NULL THEN l.currency ELSE nullif(p.currency, '') END AS currency, l.state, l.reading_id
FROM part AS p JOIN located AS l ON l.reading_id = p.part_id >> 20 WHERE l.superseded_by IS NULL AND p.node = 6
UNION ALL
SELECT l.account_sid, l.sim_sid, l.granularity, l.period_start, l.period_end, 'commands' AS service, 'international' AS network,
    p.country,
    CASE WHEN nodes & 64 THEN p.to_sim + p.from_sim ELSE p.total END AS total, p.to_sim, p.from_sim,
    CASE typeof(p.billed) WHEN 'integer'
        THEN rtrim(rtrim(printf('%d.%06d', p.billed / 1000000, p.billed % 1000000), '0'), '.')
        ELSE p.billed END AS billed,
    CASE WHEN p.currency IS NULL THEN l.currency ELSE nullif(p.currency, '') END AS currency, l.state, l.reading_id
FROM part AS p JOIN located AS l ON l.reading_id = p.part_id >> 20 WHERE l.superseded_by IS NULL AND p.node = 7
UNION ALL
SELECT l.account_sid, l.sim_sid, l.granularity, l.period_start, l.period_end, CASE WHEN p.node < 3 THEN 'data' ELSE 'commands' END AS service, CASE p.node % 3 WHEN 0 THEN 'total' WHEN 1 THEN 'home' ELSE 'national' END AS network,
    p.country,
    CASE WHEN nodes & 64 THEN p.to_sim + p.from_sim ELSE p.total END AS total, p.to_sim, p.from_sim,
    CASE typeof(p.billed) WHEN 'integer'
        THEN rtrim(rtrim(printf('%d.%06d', p.billed / 1000000, p.billed % 1000000), '0'), '.')
        ELSE p.billed END AS billed,
    CASE WHEN p.currency IS NULL THEN l.currency ELSE nullif(p.currency, '') END AS currency, l.state, l.reading_id
FROM part AS p JOIN located AS l ON l.reading_id = p.part_id >> 20 WHERE l.superseded_by IS NULL AND p.node < 6;

CREATE VIEW readings AS
SELECT l.reading_id, account_sid, sim_sid, granularity, period_start, period_end,
    strftime('%Y-%m-%dT%H:%M:%SZ', fetched_at, 'unixepoch') AS fetched_at,
    strftime('%Y-%m-%dT%H:%M:%SZ', last_seen_at, 'unixepoch') AS last_seen_at,
    times_seen, run_id, state, lower(hex(record.hash)) AS hash,
    CASE WHEN nodes & 64 THEN data_to_sim + data_from_sim ELSE data_total END AS data_total,
    data_to_sim AS data_download,
    data_from_sim AS data_upload,
    CASE WHEN nodes & 64 THEN data_home_to_sim + data_home_from_sim ELSE data_home_total END AS data_home_total,
    data_home_to_sim AS data_home_download,
    data_home_from_sim AS data_home_upload,
    CASE WHEN nodes & 64 THEN data_national_to_sim + data_national_from_sim ELSE data_national_total END AS data_national_roaming_total,
    data_national_to_sim AS data_national_roaming_download,
    data_national_from_sim AS data_national_roaming_upload,
    (SELECT sum(CASE WHEN nodes & 64 THEN to_sim + from_sim ELSE total END) FROM part WHERE part_id BETWEEN l.reading_id << 20 AND (l.reading_id << 20) + 1048575 AND node = 6) AS data_international_roaming_total,
    (SELECT sum(to_sim) FROM part WHERE part_id BETWEEN l.reading_id << 20 AND (l.reading_id << 20) + 1048575 AND node = 6) AS data_international_roaming_download,
    (SELECT sum(from_sim) FROM part WHERE part_id BETWEEN l.reading_id << 20 AND (l.reading_id << 20) + 1048575 AND node = 6) AS data_international_roaming_upload,
    CASE WHEN nodes & 64 THEN commands_to_sim + commands_from_sim ELSE commands_total END AS commands_total,
    commands_to_sim AS commands_to_sim,
    commands_from_sim AS commands_from_sim,
    CASE WHEN nodes & 64 THEN commands_home_to_sim + commands_home_from_sim ELSE commands_home_total END AS commands_home_total,
    commands_home_to_sim AS commands_home_to_sim,
    commands_home_from_sim AS commands_home_from_sim,
    CASE WHEN nodes & 64 THEN commands_national_to_sim + commands_national_from_sim ELSE commands_national_total END AS commands_national_roaming_total,
    commands_national_to_sim AS commands_national_roaming_to_sim,
    commands_national_from_sim AS commands_national_roaming_from_sim,
    (SELECT sum(CASE WHEN nodes & 64 THEN to_sim + from_sim ELSE total END) FROM part WHERE part_id BETWEEN l.reading_id << 20 AND (l.reading_id << 20) + 1048575 AND node = 7) AS commands_international_roaming_total,
    (SELECT sum(to_sim) FROM part WHERE part_id BETWEEN l.reading_id << 20 AND (l.reading_id << 20) + 1048575 AND node = 7) AS commands_international_roaming_to_sim,
    (SELECT sum(from_sim) FROM part WHERE part_id BETWEEN l.reading_id << 20 AND (l.reading_id << 20) + 1048575 AND node = 7) AS commands_international_roaming_from_sim
FROM located AS l LEFT JOIN record ON record.reading_id = l.reading_id;

CREATE VIEW periods AS
SELECT account_sid, sim_sid, granularity, period_start, period_end,
    CASE
        WHEN last_seen_at - strftime('%s', period_end) >= 172800 AND seen_for >= 43200 THEN 'final'
        WHEN EXISTS (
            SELECT 1 FROM reading AS e
            WHERE e.series_id = l.series_id AND e.period_start = l.period_start
                AND e.period_until IS l.period_until AND e.reading_id < l.reading_id
                AND e.fetched_at + e.seen_for - strftime('%s', l.period_end) >= 172800
                AND e.seen_for >= 43200
        ) THEN 'reopened'
        WHEN last_seen_at < CAST(strftime('%s', period_end) AS INTEGER) THEN 'open'
        WHEN last_seen_at - strftime('%s', period_end) < 86400 THEN 'provisional'
        ELSE 'settling'
    END AS state,
    (
        SELECT count(*) FROM reading AS e
        WHERE e.series_id = l.series_id AND e.period_start = l.period_start AND e.period_until IS l.period_until
    ) AS readings,
    (
        SELECT strftime('%Y-%m-%dT%H:%M:%SZ', min(e.fetched_at), 'unixepoch') FROM reading AS e
        WHERE e.series_id = l.series_id AND e.period_start = l.period_start AND e.period_until IS l.period_until
    ) AS first_fetched_at,
    strftime('%Y-%m-%dT%H:%M:%SZ', fetched_at, 'unixepoch') AS last_fetched_at,
    reading_id, strftime('%Y-%m-%dT%H:%M:%SZ', last_seen_at, 'unixepoch') AS last_seen_at
FROM located AS l WHERE superseded_by IS NULL AND period_start IS NOT NULL;

CREATE VIEW runs AS
SELECT run_id, strftime('%Y-%m-%dT%H:%M:%SZ', started_at, 'unixepoch') AS started_at,
    strftime('%Y-%m-%dT%H:%M:%SZ', finished_at, 'unixepoch') AS finished_at,
    program, outcome, requests, readings_added
FROM run;

CREATE VIEW windows AS
SELECT account_sid, nullif(sim_sid, '') AS sim_sid, granularity,
    strftime('%Y-%m-%dT%H:%M:%SZ', window_start, 'unixepoch') AS window_start,
    strftime('%Y-%m-%dT%H:%M:%SZ', window_end, 'unixepoch') AS window_end,
    strftime('%Y-%m-%dT%H:%M:%SZ', read_at, 'unixepoch') AS read_at, run_id
FROM window_read LEFT JOIN series USING (series_id);

CREATE VIEW sims AS
SELECT account_sid, sim_sid AS sid,
    coalesce(json_extract(object, '$.unique_name'), json_extract(object, '$.friendly_name')) AS name,
    json_extract(object, '$.iccid') AS iccid, json_extract(object, '$.status') AS status,
    json_extract(object, '$.rate_plan_sid') AS rate_plan_sid,
    json_extract(object, '$.date_created') AS date_created,
    strftime('%Y-%m-%dT%H:%M:%SZ', first_seen_at, 'unixepoch') AS first_seen_at,
    strftime('%Y-%m-%dT%H:%M:%SZ', last_listed_at, 'unixepoch') AS last_listed_at
FROM sim;
