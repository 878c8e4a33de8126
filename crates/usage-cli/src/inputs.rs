//! Which inputs are read: the files of folders and of lists, and standard input without holding up signals.

#[cfg_attr(not(feature = "archive"), path = "inputs/no_archive.rs")]
mod archive;
mod decompress;
mod pages;
#[cfg_attr(not(feature = "parquet"), path = "inputs/no_parquet.rs")]
mod parquet;
mod patient;

use std::{
    cmp::Ordering,
    collections::BTreeSet,
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
};

use usage_model::{
    Granularity, Item, LooksLike, MalformedDocument, ReadError, read_records, visible_name,
};

use crate::{
    exit::{beforehand, is_over, requested},
    failure::Failure,
    messages::words,
};
use decompress::decompressed;
use patient::{Patient, Unopened, UntilSignal};

pub(crate) use archive::{existing_archive, listed_sims};
pub(crate) use parquet::granularity;

/// The endings of files that a folder is read for, without that of a compression.
const ENDINGS: [&str; 4] = ["json", "ndjson", "jsonl", "parquet"];

/// The endings of compressed files.
const COMPRESSED: [&str; 2] = ["gz", "zst"];

/// The inputs in the order in which they are read, and those that cannot be read.
#[derive(Debug, Default)]
pub(crate) struct Inputs {
    pub(crate) paths: Vec<PathBuf>,
    pub(crate) failures: Vec<Failure>,
}

impl Inputs {
    /// Finds the inputs that the user named, standard input where none is.
    pub(crate) fn find(files: &[PathBuf], list: Option<&Path>) -> Result<Self, Failure> {
        let mut named = files.to_owned();
        if let Some(list) = list {
            named.extend(listed(list)?);
        } else if named.is_empty() {
            named.push(PathBuf::from("-"));
        }
        let mut inputs = Self::default();
        for path in named {
            if path != Path::new("-") && path.is_dir() {
                inputs.folder(&path);
            } else {
                inputs.paths.push(path);
            }
        }
        Ok(inputs)
    }

    /// Adds the files of a folder and of the folders in it.
    fn folder(&mut self, folder: &Path) {
        let before = (self.paths.len(), self.failures.len());
        match self.within(folder, &mut BTreeSet::new()) {
            Err(error) => self.failures.push(Failure::incomplete(format!(
                "cannot read {}: {}",
                folder.display(),
                words(&error)
            ))),
            Ok(()) if (self.paths.len(), self.failures.len()) == before => self.failures.push(
                Failure::incomplete(format!("{} has no files of usage records", folder.display()))
                    .help(
                        "in a folder, files named *.json, *.ndjson, *.jsonl and *.parquet are read, and these \
                         as .gz and .zst; name other files themselves",
                    ),
            ),
            Ok(()) => {}
        }
    }

    /// Adds the files in a folder, and notes the folder as read: a link may lead back to it.
    fn within(&mut self, folder: &Path, read: &mut BTreeSet<PathBuf>) -> io::Result<()> {
        if !read.insert(fs::canonicalize(folder)?) {
            return Ok(());
        }
        let mut entries = fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
        entries.sort_by(|a, b| {
            natural(
                &a.file_name().to_string_lossy(),
                &b.file_name().to_string_lossy(),
            )
        });
        for entry in entries {
            let name = entry.file_name();
            if name.to_string_lossy().starts_with('.') {
                continue;
            }
            let path = entry.path();
            // One that cannot be read says why when it is.
            let found = fs::metadata(&path).ok();
            if found.as_ref().is_some_and(fs::Metadata::is_dir) {
                self.within(&path, read)?;
            } else if is_of_records(Path::new(&name)) {
                if found.is_none_or(|found| found.is_file()) {
                    self.paths.push(path);
                } else {
                    // A pipe among files would be waited for.
                    self.failures.push(
                        Failure::incomplete(format!(
                            "cannot read {}: it is not a regular file",
                            path.display()
                        ))
                        .help("in a folder only files are read; name a pipe or a device itself"),
                    );
                }
            }
        }
        Ok(())
    }
}

/// Hands every record of the inputs to `take`, with the name of the input; gives why not all could be read, the pages
/// that are missing included. A signal ends the reading.
pub(crate) fn each(
    inputs: Inputs,
    mut take: impl FnMut(&str, Item) -> Result<(), Failure>,
) -> Result<Vec<Failure>, Failure> {
    let Inputs {
        paths,
        mut failures,
    } = inputs;
    let mut pages = pages::Pages::new();
    for path in &paths {
        let name = name(path);
        pages.source(&name);
        let source = open(path).map(read_records);
        // A signal ends the reading with an error too.
        if let Err(error) = &source
            && ended().is_none()
        {
            failures.push(cannot_read(&name, error));
        }
        for item in source.into_iter().flatten() {
            match item {
                Ok(item) => {
                    pages.item(&item);
                    take(&name, item)?;
                }
                Err(ReadError::Malformed(document)) => failures.push(no_records(&name, &document)),
                Err(ReadError::Io(_)) if ended().is_some() => {}
                Err(ReadError::Io(error)) => failures.push(cannot_read(&name, &error)),
                Err(error) => failures.push(
                    Failure::incomplete(format!("{name}: {error}"))
                        .help("get the file again, from where it was made"),
                ),
            }
        }
        if let Some(failure) = ended() {
            failures.push(failure);
            return Ok(failures);
        }
    }
    failures.extend(pages.missing());
    Ok(failures)
}

/// Why the reading ends before its end: a signal came, or the time of the command is over.
fn ended() -> Option<Failure> {
    const ALL: &str = "all was read";

    match requested() {
        Some(signal) => Some(Failure::ended(signal, ALL)),
        None if is_over() => Some(Failure::out_of_time(ALL)),
        None => None,
    }
}

/// What messages call an input: a path that is not UTF-8 shows its other bytes as escapes.
pub(crate) fn name(path: &Path) -> String {
    if path == Path::new("-") {
        return "standard input".to_owned();
    }
    match path.to_str() {
        Some(name) => name.to_owned(),
        None => visible_name(path).to_string(),
    }
}

/// An input that cannot be read.
pub(crate) fn cannot_read(name: &str, error: &io::Error) -> Failure {
    Failure::incomplete(format!("cannot read {name}: {}", words(error)))
        .help(match error.kind() {
            io::ErrorKind::Unsupported => {
                "`kore-usage fetch --readings -o FILE.parquet` writes a Parquet file that can be read back"
            }
            _ if error.raw_os_error().is_none() => "get the file again, from where it was made",
            _ => "name a file that can be read, or `-` for standard input",
        })
}

/// An input that holds something else.
pub(crate) fn no_records(name: &str, document: &MalformedDocument) -> Failure {
    let brief = format!("{name} is not a list of usage records");
    let failure = Failure::incomplete(format!("{brief}: {document}"));
    failure.briefly(brief).help(match document.looks_like {
        Some(LooksLike::Empty) => "see whether what was to write it has failed",
        Some(LooksLike::Sqlite) if !cfg!(feature = "archive") => {
            "this kore-usage is built without its feature `archive`, which reads archives"
        }
        Some(LooksLike::Parquet) if !cfg!(feature = "parquet") => {
            "this kore-usage is built without its feature `parquet`, which reads tables of readings"
        }
        Some(LooksLike::Parquet | LooksLike::Sqlite) => {
            "give its path: it is not read front to back, and so not from a pipe or compressed"
        }
        Some(LooksLike::Utf16) => "convert it with `iconv -f UTF-16 -t UTF-8`, and read the result",
        _ => "pages of the API, lists of records or pages, and NDJSON of either are read",
    })
}

/// Whether a file has a name that says that usage records may be in it.
fn is_of_records(name: &Path) -> bool {
    let has = |name: &Path, endings: &[&str]| {
        let ending = name.extension().and_then(|ending| ending.to_str());
        ending.is_some_and(|ending| endings.iter().any(|one| one.eq_ignore_ascii_case(ending)))
    };
    if has(name, &COMPRESSED) {
        name.file_stem()
            .is_some_and(|stem| has(Path::new(stem), &ENDINGS))
    } else {
        has(name, &ENDINGS)
    }
}

/// The order of names as people count: page-2 before page-10.
fn natural(one: &str, other: &str) -> Ordering {
    let (mut a, mut b) = (one, other);
    loop {
        match (a.chars().next(), b.chars().next()) {
            (None, None) => return one.cmp(other),
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(x), Some(y)) if x.is_ascii_digit() && y.is_ascii_digit() => {
                let (number, rest) = digits(a);
                let (other_number, other_rest) = digits(b);
                // Without leading zeros the longer number is the larger one.
                let order = number
                    .len()
                    .cmp(&other_number.len())
                    .then(number.cmp(other_number));
                if order.is_ne() {
                    return order;
                }
                (a, b) = (rest, other_rest);
            }
            (Some(x), Some(y)) if x == y => {
                a = a.get(x.len_utf8()..).unwrap_or_default();
                b = b.get(y.len_utf8()..).unwrap_or_default();
            }
            (Some(x), Some(y)) => return x.cmp(&y),
        }
    }
}

/// The number at the start of a text, without leading zeros, and what follows it.
fn digits(text: &str) -> (&str, &str) {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (number, rest) = text.split_at(end);
    (number.trim_start_matches('0'), rest)
}

/// The paths that a file lists, one a line; empty lines are none.
fn listed(list: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut text = String::new();
    let read = beforehand(|| {
        if list == Path::new("-") {
            io::stdin().lock().read_to_string(&mut text)
        } else {
            File::open(list).and_then(|mut file| file.read_to_string(&mut text))
        }
    });
    read.map_err(|error| {
        Failure::usage(format!("cannot read {}: {}", list.display(), words(&error)))
            .help("--files-from names a file that lists paths, one a line")
    })?;
    let paths: Vec<PathBuf> = text
        .lines()
        .filter(|line| !line.is_empty())
        .map(PathBuf::from)
        .collect();
    if paths.is_empty() {
        return Err(Failure::usage(format!("{} lists no file", list.display()))
            .help("--files-from names a file that lists paths, one a line"));
    }
    if list == Path::new("-") && paths.iter().any(|path| path == Path::new("-")) {
        return Err(Failure::usage(
            "standard input is the list of files, and cannot be one of them",
        )
        .help("take `-` out of the list"));
    }
    Ok(paths)
}

/// Opens an input. A folder can be opened, and only fails to be read, but none is left here.
pub(crate) fn open(path: &Path) -> io::Result<Box<dyn Read>> {
    open_as(path, None)
}

/// Opens an input; of an archive the records of one granularity, by default daily ones where there are any.
pub(crate) fn open_as(path: &Path, granularity: Option<Granularity>) -> io::Result<Box<dyn Read>> {
    if path == Path::new("-") {
        return decompressed(Box::new(Patient::new(io::stdin())));
    }
    if !fs::metadata(path)?.is_file() {
        // A pipe cannot even be opened before somebody writes to it.
        return decompressed(Box::new(Patient::new(Unopened::Path(path.to_owned()))));
    }
    if let Some(archive) = archive::open(path, granularity)? {
        return Ok(archive);
    }
    if let Some(table) = parquet::open(path)? {
        return Ok(table);
    }
    decompressed(Box::new(UntilSignal(File::open(path)?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_ordered_as_people_count() {
        let mut names = ["p10", "p2", "p1", "p02", "q", "p", "p2b", "2p"];
        names.sort_by(|a, b| natural(a, b));
        assert_eq!(names, ["2p", "p", "p1", "p02", "p2", "p2b", "p10", "q"]);
    }

    #[test]
    fn names_of_records_end_in_json_also_compressed() {
        for (name, expected) in [
            ("a.json", true),
            ("a.JSON", true),
            ("a.ndjson.gz", true),
            ("a.jsonl.zst", true),
            ("a.gz", false),
            ("a.csv", false),
            ("a.csv.gz", false),
            ("json", false),
            ("a.json.partial", false),
        ] {
            assert_eq!(is_of_records(Path::new(name)), expected, "{name}");
        }
    }
}
