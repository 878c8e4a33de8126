//! The archive from outside: what it keeps, what it plans, and what it refuses.
#![expect(
    clippy::unwrap_used,
    reason = "a test binary has no public interface, and fails where a helper fails"
)]

mod appending;
mod damage;
mod files;
mod model;
mod planning;
mod views;

mod support {
    use chrono::{DateTime, TimeDelta, Utc};
    use usage_archive::{Appended, Archive, RunId, Series, WindowRead};
    use usage_model::{Granularity, Window};

    pub(crate) const ACCOUNT: &str = "AC00000000000000000000000000000001";

    pub(crate) fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    pub(crate) fn daily() -> Series {
        Series::new(ACCOUNT, None, Granularity::Daily)
    }

    pub(crate) fn hourly() -> Series {
        Series::new(ACCOUNT, None, Granularity::Hourly)
    }

    pub(crate) fn window(start: &str, end: &str) -> Window {
        Window::new(at(start), at(end)).unwrap()
    }

    /// The record of a day with this many bytes at home.
    pub(crate) fn day(start: &str, bytes: u64) -> String {
        let start = at(&format!("{start}T00:00:00Z"));
        record(start, TimeDelta::days(1), bytes)
    }

    pub(crate) fn record(start: DateTime<Utc>, length: TimeDelta, bytes: u64) -> String {
        let text = |instant: DateTime<Utc>| instant.format("%Y-%m-%dT%H:%M:%SZ");
        let (start, end) = (text(start), text(start + length));
        let counts = format!(r#""total":{bytes},"download":{bytes},"upload":0,"units":"bytes""#);
        format!(
            r#"{{"account_sid":"{ACCOUNT}","period":{{"start":"{start}","end":"{end}"}},"commands":{{"total":2,"to_sim":1,"from_sim":1}},"data":{{{counts},"home":{{{counts}}}}}}}"#
        )
    }

    /// An archive in a folder of its own, with a run under way.
    pub(crate) struct Fixture {
        pub(crate) folder: tempfile::TempDir,
        pub(crate) archive: Archive,
        pub(crate) run: RunId,
    }

    impl Fixture {
        pub(crate) fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let mut archive = Archive::open(folder.path().join("usage.db")).unwrap();
            let run = archive
                .begin_run("test 1", at("2026-06-01T00:00:00Z"))
                .unwrap();
            Self {
                folder,
                archive,
                run,
            }
        }

        /// Reads the daily records of June 2026 at a time.
        pub(crate) fn june(&mut self, read_at: &str, texts: &[String]) -> Appended {
            let window = window("2026-06-01T00:00:00Z", "2026-07-01T00:00:00Z");
            let series = daily();
            let read = WindowRead::new(&series, window, at(read_at), texts);
            self.archive.append(self.run, &read).unwrap()
        }

        /// The answer of a query, one line a row, its columns joined by `|`.
        pub(crate) fn query(&self, sql: &str) -> Vec<String> {
            let connection = rusqlite::Connection::open(self.archive.path()).unwrap();
            let mut statement = connection.prepare(sql).unwrap();
            let columns = statement.column_count();
            let rows = statement.query_map([], |row| {
                let cells = (0..columns).map(|column| {
                    Ok(match row.get_ref(column)? {
                        rusqlite::types::ValueRef::Null => String::new(),
                        rusqlite::types::ValueRef::Integer(number) => number.to_string(),
                        rusqlite::types::ValueRef::Text(text) => {
                            String::from_utf8_lossy(text).into_owned()
                        }
                        other => format!("{other:?}"),
                    })
                });
                let cells: rusqlite::Result<Vec<String>> = cells.collect();
                Ok(cells?.join("|"))
            });
            rows.unwrap().collect::<Result<_, _>>().unwrap()
        }
    }
}
