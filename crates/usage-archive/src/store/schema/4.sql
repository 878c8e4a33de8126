-- Each start of a period stands here once, because readings of many SIMs are of the same hours and days. Its text in
-- every reading and again in the index was a tenth of the file. `start_id` is the start in seconds since 1970; it is
-- negative for a start that is before 1970, after 9999 or within a second, which no server is known to send.
CREATE TABLE start (
    start_id INTEGER PRIMARY KEY,
    period_start TEXT NOT NULL UNIQUE
) STRICT;

INSERT INTO start
SELECT DISTINCT unixepoch(period_start), period_start FROM reading
WHERE length(period_start) = 20 AND unixepoch(period_start) >= 0;

INSERT INTO start
SELECT -row_number() OVER (ORDER BY period_start), period_start
FROM (
    SELECT DISTINCT period_start FROM reading
    WHERE period_start IS NOT NULL AND (length(period_start) = 20 AND unixepoch(period_start) >= 0) IS NOT TRUE
);

DROP INDEX reading_by_period;
ALTER TABLE reading ADD COLUMN start_id INTEGER REFERENCES start;
UPDATE reading SET start_id = unixepoch(period_start)
WHERE length(period_start) = 20 AND unixepoch(period_start) >= 0;
UPDATE reading SET start_id = (
    SELECT s.start_id FROM start AS s WHERE s.start_id < 0 AND s.period_start = reading.period_start
) WHERE start_id IS NULL AND period_start IS NOT NULL;

-- Otherwise SQLite refuses, because of the views, which are made anew below.
PRAGMA legacy_alter_table = ON;
ALTER TABLE reading DROP COLUMN period_start;
PRAGMA legacy_alter_table = OFF;
CREATE INDEX reading_by_period ON reading (series_id, start_id);

-- SIDs that differ in the case of digits alone are one.
CREATE INDEX sim_by_sid ON sim (account_sid, sim_sid COLLATE NOCASE);

DROP VIEW placed;
CREATE VIEW placed AS
SELECT r.*, r.fetched_at + r.seen_for AS last_seen_at, s.account_sid, nullif(s.sim_sid, '') AS sim_sid, s.granularity,
    start.period_start,
    coalesce(r.period_until, strftime('%Y-%m-%dT%H:%M:%SZ', start.period_start,
        CASE s.granularity WHEN 'hourly' THEN '+1 hour' ELSE '+1 day' END)) AS period_end
FROM reading AS r LEFT JOIN series AS s ON s.series_id = r.series_id LEFT JOIN start ON start.start_id = r.start_id;

DROP VIEW periods;
CREATE VIEW periods AS
SELECT account_sid, sim_sid, granularity, period_start, period_end,
    CASE
        WHEN last_seen_at - strftime('%s', period_end) >= 172800 AND seen_for + known_for >= 43200 THEN 'final'
        WHEN EXISTS (
            SELECT 1 FROM reading AS e
            WHERE e.series_id = l.series_id AND e.start_id = l.start_id
                AND e.period_until IS l.period_until AND e.reading_id < l.reading_id
                AND e.fetched_at + e.seen_for - strftime('%s', l.period_end) >= 172800
                AND e.seen_for + e.known_for >= 43200
        ) THEN 'reopened'
        WHEN last_seen_at < CAST(strftime('%s', period_end) AS INTEGER) THEN 'open'
        WHEN last_seen_at - strftime('%s', period_end) < 86400 THEN 'provisional'
        ELSE 'settling'
    END AS state,
    (
        SELECT count(*) FROM reading AS e
        WHERE e.series_id = l.series_id AND e.start_id = l.start_id AND e.period_until IS l.period_until
    ) AS readings,
    (
        SELECT strftime('%Y-%m-%dT%H:%M:%SZ', min(e.fetched_at), 'unixepoch') FROM reading AS e
        WHERE e.series_id = l.series_id AND e.start_id = l.start_id AND e.period_until IS l.period_until
    ) AS first_fetched_at,
    strftime('%Y-%m-%dT%H:%M:%SZ', fetched_at, 'unixepoch') AS last_fetched_at,
    reading_id, strftime('%Y-%m-%dT%H:%M:%SZ', last_seen_at, 'unixepoch') AS last_seen_at
FROM located AS l WHERE superseded_by IS NULL AND period_start IS NOT NULL;
