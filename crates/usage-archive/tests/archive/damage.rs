use rusqlite::Connection;
use usage_archive::{Error, ErrorKind, Subset};

use crate::support::{ACCOUNT, Fixture, day};

/// An archive of June, with one statement run against its tables.
fn damaged(statement: &str) -> (Fixture, Result<(), Error>) {
    let mut fixture = Fixture::new();
    let texts: Vec<String> = (1..=9).map(|n| day(&format!("2026-06-0{n}"), n)).collect();
    fixture.june("2026-06-20T00:00:00Z", &texts);
    fixture.june("2026-06-21T00:00:00Z", &[day("2026-06-01", 77)]);
    let connection = Connection::open(fixture.archive.path()).unwrap();
    connection
        .pragma_update(None, "foreign_keys", false)
        .unwrap();
    connection.execute_batch(statement).unwrap();
    let verified = fixture.archive.verify(Subset::ALL).map(drop);
    (fixture, verified)
}

#[track_caller]
fn finds(statement: &str, message: &str) {
    let (fixture, verified) = damaged(statement);
    let error = verified.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Corrupt);
    let path = fixture.archive.path().display().to_string();
    assert_eq!(error.to_string(), format!("{path}: {message}"));
}

#[test]
fn an_archive_that_nobody_touched_is_verified() {
    let (fixture, verified) = damaged("");
    verified.unwrap();
    let all = fixture.archive.verify(Subset::ALL).unwrap();
    assert_eq!(all.readings, 10);
    let parts = ["1/3", "2/3", "3/3"].map(|part| {
        let verified = fixture.archive.verify(part.parse().unwrap()).unwrap();
        verified.readings
    });
    assert_eq!(parts.iter().sum::<u64>(), 10);
}

#[test]
fn a_text_of_another_reading_is_found() {
    finds(
        "UPDATE record SET text = (SELECT text FROM record WHERE reading_id = 5) WHERE reading_id = 4",
        "reading 4 does not have the hash that follows from its text",
    );
}

#[test]
fn a_key_or_time_that_was_changed_is_found() {
    let message = "reading 6 does not have the hash that follows from its text";
    for change in [
        "fetched_at = fetched_at - 1",
        "start_id = start_id + 86400",
        "period_until = '2026-06-06T23:00:00Z'",
        "series_id = (SELECT series_id FROM series WHERE granularity = 'hourly')",
    ] {
        finds(
            &format!(
                "INSERT INTO series (account_sid, sim_sid, granularity) VALUES ('{ACCOUNT}', '', 'hourly');
                UPDATE reading SET {change} WHERE reading_id = 6"
            ),
            message,
        );
    }
}

#[test]
fn a_reading_that_was_removed_is_found() {
    let remove = |id: u32| {
        format!(
            "DELETE FROM record WHERE reading_id = {id}; DELETE FROM reading WHERE reading_id = {id}"
        )
    };
    finds(&remove(3), "reading 3 is missing");
    finds(&remove(1), "reading 1 is missing");
}

#[test]
fn figures_that_are_not_those_of_the_text_are_found() {
    let message = "reading 8 has other figures in the tables than in its text";
    for change in [
        "data_home_total = 9",
        "nodes = nodes - 1",
        "commands_billed = '1'",
        "currency = 'EUR'",
    ] {
        finds(
            &format!("UPDATE reading SET {change} WHERE reading_id = 8"),
            message,
        );
    }
    finds(
        "INSERT INTO part VALUES (8 << 20, 6, 'DEU', 1, 1, 0, NULL, NULL)",
        message,
    );
}

#[test]
fn a_reading_that_is_wrongly_current_or_superseded_is_found() {
    finds(
        "UPDATE reading SET superseded_by = NULL WHERE reading_id = 1",
        "reading 1 does not name the reading that superseded it",
    );
    finds(
        "UPDATE reading SET superseded_by = 10 WHERE reading_id = 2",
        "reading 2 does not name the reading that superseded it",
    );
}

/// Current readings are found by an index: one that it leaves out is in no export, though its row is as it was.
#[test]
fn a_reading_that_an_index_leaves_out_is_found() {
    finds(
        "UPDATE reading SET start_id = start_id + 1 WHERE reading_id = 6;
        CREATE TEMP TABLE kept AS SELECT * FROM sqlite_schema WHERE name = 'reading_by_period';
        PRAGMA writable_schema = ON;
        DELETE FROM sqlite_schema WHERE name = 'reading_by_period';
        PRAGMA writable_schema = RESET;
        UPDATE reading SET start_id = start_id - 1 WHERE reading_id = 6;
        PRAGMA writable_schema = ON;
        INSERT INTO sqlite_schema SELECT * FROM kept;
        PRAGMA writable_schema = RESET",
        "the file is damaged: row 6 missing from index reading_by_period",
    );
}

#[test]
fn a_subset_finds_what_is_wrong_in_it_and_only_that() {
    let (fixture, _) = damaged("UPDATE reading SET fetched_at = 0 WHERE reading_id = 9");
    let verify = |part: &str| fixture.archive.verify(part.parse().unwrap());
    assert!(verify("1/2").is_ok());
    assert!(verify("2/2").is_err());
}

#[test]
fn a_damaged_page_is_a_clear_error() {
    let (fixture, _) = damaged("PRAGMA wal_checkpoint(TRUNCATE)");
    let path = fixture.archive.path().to_owned();
    let folder = fixture.folder;
    drop(fixture.archive);
    let mut bytes = std::fs::read(&path).unwrap();
    // Everything after the first page, which holds the schema.
    bytes[4096..].fill(0xA5);
    std::fs::write(&path, bytes).unwrap();
    let error = usage_archive::Archive::open(&path)
        .and_then(|archive| archive.verify(Subset::ALL))
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Corrupt, "{error}");
    let error = usage_archive::Archive::open_read_only(&path)
        .and_then(|archive| archive.status(crate::support::at("2026-06-30T00:00:00Z")))
        .unwrap_err();
    let expected = format!("{}: a page of the archive is damaged", path.display());
    assert_eq!(error.to_string(), expected);
    drop(folder);
}
