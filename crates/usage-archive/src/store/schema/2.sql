-- How far back the server takes windows of a series, in days before the present; null where it refused none.
ALTER TABLE series ADD COLUMN served_days INTEGER;

-- `nodes` also has the state by age at the fetch: 128 for settling, 256 for final. To work it out from the texts of times
-- took most of the time of a sum over the view `usage`.
UPDATE reading SET nodes = nodes | (
    SELECT CASE state WHEN 'settling' THEN 128 WHEN 'final' THEN 256 ELSE 0 END
    FROM located WHERE located.reading_id = reading.reading_id
) WHERE period_start IS NOT NULL;

DROP VIEW located;
CREATE VIEW located AS
SELECT *,
    CASE WHEN period_start IS NULL THEN NULL
        ELSE CASE nodes >> 7 WHEN 0 THEN 'provisional' WHEN 1 THEN 'settling' ELSE 'final' END
    END AS state
FROM placed;
