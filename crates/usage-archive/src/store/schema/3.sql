-- For how many seconds before `fetched_at` the same figures were read in other words: with another unknown member, in
-- another unit, or with null for 0.
ALTER TABLE reading ADD COLUMN known_for INTEGER NOT NULL DEFAULT 0;

-- The state in `nodes` is by age when the reading was seen last.
UPDATE reading SET nodes = (nodes & 127) | (
    SELECT CASE
        WHEN last_seen_at - strftime('%s', period_end) < 86400 THEN 0
        WHEN last_seen_at - strftime('%s', period_end) < 172800 THEN 128
        ELSE 256
    END
    FROM placed WHERE placed.reading_id = reading.reading_id
) WHERE period_start IS NOT NULL AND seen_for > 0;

DROP VIEW periods;
CREATE VIEW periods AS
SELECT account_sid, sim_sid, granularity, period_start, period_end,
    CASE
        WHEN last_seen_at - strftime('%s', period_end) >= 172800 AND seen_for + known_for >= 43200 THEN 'final'
        WHEN EXISTS (
            SELECT 1 FROM reading AS e
            WHERE e.series_id = l.series_id AND e.period_start = l.period_start
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
        WHERE e.series_id = l.series_id AND e.period_start = l.period_start AND e.period_until IS l.period_until
    ) AS readings,
    (
        SELECT strftime('%Y-%m-%dT%H:%M:%SZ', min(e.fetched_at), 'unixepoch') FROM reading AS e
        WHERE e.series_id = l.series_id AND e.period_start = l.period_start AND e.period_until IS l.period_until
    ) AS first_fetched_at,
    strftime('%Y-%m-%dT%H:%M:%SZ', fetched_at, 'unixepoch') AS last_fetched_at,
    reading_id, strftime('%Y-%m-%dT%H:%M:%SZ', last_seen_at, 'unixepoch') AS last_seen_at
FROM located AS l WHERE superseded_by IS NULL AND period_start IS NOT NULL;
