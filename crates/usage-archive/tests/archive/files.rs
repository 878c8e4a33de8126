use std::{fs, path::Path};

use rusqlite::Connection;
use usage_archive::{Archive, ErrorKind, Subset};

use crate::support::{Fixture, at, day};

fn in_folder(name: &str) -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    (folder, path)
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn a_missing_or_empty_file_becomes_an_archive_and_nothing_else_is_left() {
    let (folder, path) = in_folder("a.db");
    drop(Archive::open(&path).unwrap());
    let empty = folder.path().join("b.db");
    fs::write(&empty, "").unwrap();
    drop(Archive::open(&empty).unwrap());
    drop(Archive::open(&empty).unwrap());
    assert_eq!(names(folder.path()), ["a.db", "b.db"]);
}

#[test]
fn any_other_file_is_left_alone() {
    let (folder, path) = in_folder("other");
    let foreign = folder.path().join("foreign.db");
    let connection = Connection::open(&foreign).unwrap();
    connection.execute_batch("CREATE TABLE t (x)").unwrap();
    connection.close().unwrap();
    let database = fs::read(&foreign).unwrap();
    for content in [
        &b"x"[..],
        b"account_sid,total\nAC1,5\n",
        &[0; 4096],
        &database,
    ] {
        fs::write(&path, content).unwrap();
        for error in [
            Archive::open(&path).unwrap_err(),
            Archive::open_read_only(&path).unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::NotAnArchive, "{error}");
        }
        assert_eq!(fs::read(&path).unwrap(), content);
    }
    let error = Archive::open(folder.path()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotAnArchive);
    assert_eq!(names(folder.path()), ["foreign.db", "other"]);
}

#[test]
fn reading_creates_nothing() {
    let (folder, path) = in_folder("a.db");
    let error = Archive::open_read_only(&path).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Missing);
    fs::write(&path, "").unwrap();
    assert!(Archive::open_read_only(&path).is_err());
    assert_eq!(fs::read(&path).unwrap(), b"");
    assert_eq!(names(folder.path()), ["a.db"]);
}

#[test]
fn a_folder_that_is_missing_is_named() {
    let (_folder, path) = in_folder("no/such/a.db");
    for error in [
        Archive::open(&path).unwrap_err(),
        Archive::open_for_sync(&path, "test").unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Missing);
        let expected = format!("cannot create {}", path.display());
        assert_eq!(error.to_string(), expected);
    }
}

#[test]
fn readers_see_what_was_committed_while_a_writer_is_at_work() {
    let mut fixture = Fixture::new();
    fixture.june("2026-06-02T06:00:00Z", &[day("2026-06-01", 5)]);
    let reader = Archive::open_read_only(fixture.archive.path()).unwrap();
    assert_eq!(
        reader.status(at("2026-06-30T00:00:00Z")).unwrap().readings,
        1
    );
    fixture.june("2026-06-03T06:00:00Z", &[day("2026-06-02", 5)]);
    assert_eq!(
        reader.status(at("2026-06-30T00:00:00Z")).unwrap().readings,
        2
    );
}

#[test]
fn a_backup_is_a_whole_archive_and_replaces_nothing() {
    let mut fixture = Fixture::new();
    fixture.june("2026-06-02T06:00:00Z", &[day("2026-06-01", 5)]);
    let copy = fixture.folder.path().join("copy.db");
    fixture.archive.back_up(&copy).unwrap();
    let copied = Archive::open(&copy).unwrap();
    let all = copied.verify(Subset::ALL).unwrap();
    assert_eq!(all, fixture.archive.verify(Subset::ALL).unwrap());
    let before = fs::read(&copy).unwrap();
    let error = fixture.archive.back_up(&copy).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Exists);
    assert_eq!(fs::read(&copy).unwrap(), before);
}

#[test]
fn a_backup_that_fails_leaves_no_file() {
    let (folder, path) = in_folder("a.db");
    drop(Archive::open(&path).unwrap());
    let connection = Connection::open(&path).unwrap();
    let page = "SELECT rootpage FROM sqlite_schema WHERE name = 'record'";
    let page: u32 = connection.query_row(page, [], |row| row.get(0)).unwrap();
    let page = usize::try_from(page).unwrap();
    connection.close().unwrap();
    let mut bytes = fs::read(&path).unwrap();
    bytes[(page - 1) * 4096..page * 4096].fill(0xff);
    fs::write(&path, bytes).unwrap();
    let archive = Archive::open(&path).unwrap();
    let copy = folder.path().join("copy.db");
    let error = archive.back_up(&copy).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Corrupt);
    drop(archive);
    assert_eq!(names(folder.path()), ["a.db"]);
}

#[cfg(unix)]
#[test]
fn a_backup_has_its_name_byte_for_byte_and_the_mode_of_the_archive() {
    use std::{
        ffi::OsStr,
        os::unix::{ffi::OsStrExt as _, fs::PermissionsExt as _},
    };
    let (folder, path) = in_folder("a.db");
    let archive = Archive::open(&path).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    let copy = folder.path().join(OsStr::from_bytes(b"copy-\xff.db"));
    archive.back_up(&copy).unwrap();
    let mode = fs::metadata(&copy).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
}

#[test]
fn an_archive_of_the_first_schema_is_opened() {
    let (_folder, path) = in_folder("a.db");
    let old = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/archive/schema-1.db");
    fs::copy(old, &path).unwrap();
    let archive = Archive::open(&path).unwrap();
    assert_eq!(archive.verify(Subset::ALL).unwrap().readings, 2);
}

/// Ten readings of eight days, of which five were read again 36 hours later.
#[test]
fn an_archive_of_the_second_schema_is_opened_and_its_states_are_of_the_last_reading() {
    let (_folder, path) = in_folder("a.db");
    let old = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/archive/schema-2.db");
    fs::copy(old, &path).unwrap();
    let settling = |path: &Path| -> Vec<String> {
        let connection = Connection::open(path).unwrap();
        let sql = "SELECT DISTINCT substr(period_start, 1, 10) FROM usage WHERE state = 'settling' ORDER BY 1";
        let mut statement = connection.prepare(sql).unwrap();
        let days = statement.query_map([], |row| row.get(0)).unwrap();
        days.collect::<rusqlite::Result<_>>().unwrap()
    };
    // As of 20 November, when it was read first.
    assert_eq!(settling(&path), ["2026-11-18", "2026-11-20"]);
    let archive = Archive::open(&path).unwrap();
    assert_eq!(archive.verify(Subset::ALL).unwrap().readings, 10);
    // As of 22 November, when it was read last.
    assert_eq!(settling(&path), ["2026-11-20"]);
}

/// Thirteen readings of nine days, of which some were read again 36 hours later.
#[test]
fn an_archive_of_the_third_schema_is_opened_and_its_views_show_what_they_showed() {
    let (_folder, path) = in_folder("a.db");
    let old = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/archive/schema-3.db");
    fs::copy(old, &path).unwrap();
    let shown = |path: &Path| -> Vec<String> {
        let connection = Connection::open(path).unwrap();
        let rows = |view: &str| {
            let sql = format!("SELECT * FROM {view}");
            let mut statement = connection.prepare(&sql).unwrap();
            let columns = statement.column_count();
            let rows = statement.query_map([], |row| {
                let cells = (0..columns).map(|column| Ok(format!("{:?}", row.get_ref(column)?)));
                cells.collect::<rusqlite::Result<String>>()
            });
            let mut rows: Vec<String> = rows.unwrap().collect::<rusqlite::Result<_>>().unwrap();
            rows.sort();
            rows
        };
        let views = ["usage", "readings", "periods", "runs", "windows", "sims"];
        views.into_iter().flat_map(rows).collect()
    };
    let before = shown(&path);
    let archive = Archive::open(&path).unwrap();
    assert_eq!(archive.verify(Subset::ALL).unwrap().readings, 13);
    assert_eq!(shown(&path), before);
    let copy = Archive::open_read_only(path.with_extension("db.schema-3")).unwrap_err();
    assert_eq!(copy.kind(), ErrorKind::Older);
    assert!(
        copy.to_string()
            .ends_with("its schema is 3, this program reads 4"),
        "{copy}"
    );
}
