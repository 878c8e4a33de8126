//! The public API of each library as text, so that a change of it is seen where changes are read.
//!
//! It is taken from the pages that `cargo doc` writes: the declaration of each public item, its methods, and the
//! traits it implements by hand or by derive. The text of rustdoc changes between versions of Rust, so that it is
//! compared only with the version that wrote it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs, io,
    process::{Command, ExitCode},
};

use crate::{
    LIBRARIES,
    drift::{Folder, Made},
    finish, root,
};

/// The file within each crate.
const FILE: &str = "api.txt";

/// Longer lines are cut before the value.
const LONGEST: usize = 400;

/// Writes the text of every library.
pub(crate) fn write() -> ExitCode {
    match made() {
        Ok(made) => made.write(),
        Err(problem) => finish(Err(problem)),
    }
}

/// Compares the text of every library with what rustdoc says now.
pub(crate) fn check() -> ExitCode {
    let version = version();
    match (recorded_version(), &version) {
        (Some(recorded), Ok(version)) if recorded != *version => {
            println!(
                "skipped: the public API was written by {recorded}, and this is {version}, \
                 whose pages may read otherwise"
            );
            return ExitCode::SUCCESS;
        }
        _ => {}
    }
    match made() {
        Ok(made) => made.check(),
        Err(problem) => finish(Err(problem)),
    }
}

fn made() -> Result<Made, String> {
    document()?;
    let version = version()?;
    let mut folders = Vec::new();
    for name in LIBRARIES {
        let text = api(name, &version)
            .map_err(|error| format!("the pages of {name} cannot be read: {error}"))?;
        folders.push(Folder {
            path: root().join("crates").join(name),
            files: vec![(FILE, text)],
            others: true,
        });
    }
    Ok(Made {
        folders,
        noun: "public APIs",
        origin: "the crates",
        command: "cargo xtask api",
    })
}

/// Runs `cargo doc` as `ci` does, so that nothing is built twice.
fn document() -> Result<(), String> {
    let status = Command::new(env!("CARGO"))
        .current_dir(root())
        .args(["doc", "--quiet", "--workspace", "--all-features"])
        .arg("--no-deps")
        .env("RUSTDOCFLAGS", "-D warnings")
        .status()
        .map_err(|error| format!("cargo cannot be started: {error}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("`cargo doc` ended with {status}"))
    }
}

/// The version of rustdoc: `rustdoc 1.95.0`.
fn version() -> Result<String, String> {
    let output = Command::new("rustdoc")
        .arg("--version")
        .output()
        .map_err(|error| format!("rustdoc cannot be started: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let words: Vec<_> = text.split(' ').take(2).collect();
    Ok(words.join(" ").trim_end().to_owned())
}

/// The version that wrote what is checked in.
fn recorded_version() -> Option<String> {
    let path = root().join("crates").join(LIBRARIES[0]).join(FILE);
    let text = fs::read_to_string(path).ok()?;
    let (_, version) = text.lines().next()?.split_once(" by ")?;
    Some(version.to_owned())
}

/// All public items of a crate in the order of rustdoc's list.
fn api(name: &str, version: &str) -> io::Result<String> {
    let folder = root().join("target/doc").join(name.replace('-', "_"));
    let list = fs::read_to_string(folder.join("all.html"))?;
    let list = after(&list, "<h1>List of all items");
    let mut text = format!("# The public API of {name} with all features, written by {version}\n");
    for entry in list.split("<li><a href=\"").skip(1) {
        let Some((link, rest)) = entry.split_once("\">") else {
            continue;
        };
        let path = before(rest, "</a>");
        let page = fs::read_to_string(folder.join(link))?;
        let _ = write!(text, "\n## {path}\n\n");
        text.push_str(&item(&page));
    }
    Ok(text)
}

/// The declaration, the methods and the traits of one page.
fn item(page: &str) -> String {
    let mut text = String::new();
    for declaration in page.split("<pre class=\"rust item-decl\">").skip(1) {
        push(&mut text, "", before(declaration, "</pre>"));
    }
    // In which order the blocks stand on the page is chance, and so is how the methods are divided over them.
    let mut blocks: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut block = String::new();
    let own = section(page, "id=\"implementations-list\"");
    for header in own.split("class=\"code-header\">").skip(1) {
        let header = before(before(header, "</h4>"), "</h3>");
        let mut plain = String::new();
        if header.starts_with("impl") {
            push(&mut plain, "", header);
            block = plain;
        } else {
            push(&mut plain, "    ", header);
            blocks.entry(block.clone()).or_default().insert(plain);
        }
    }
    for (header, methods) in blocks {
        text.push_str(&header);
        text.extend(methods);
    }
    let traits = section(page, "id=\"trait-implementations-list\"");
    for header in traits.split("<h3 class=\"code-header\">").skip(1) {
        push(&mut text, "", before(header, "</h3>"));
    }
    text
}

/// What follows a mark, up to the next section of the page.
fn section<'a>(page: &'a str, mark: &str) -> &'a str {
    before(after(page, mark), "class=\"section-header\"")
}

/// Adds code without its tags, each line with an indent.
fn push(text: &mut String, indent: &str, html: &str) {
    let mut plain = String::new();
    let mut hidden = false;
    // A long list of fields is folded, and the button that unfolds it is no code.
    for piece in html.replace("</div>", "\n").split('<') {
        let (tag, rest) = piece.split_once('>').unwrap_or(("", piece));
        hidden = (hidden || tag.starts_with("summary")) && tag != "/summary";
        if !hidden {
            plain.push_str(rest);
        }
    }
    let plain = plain
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&nbsp;", " ")
        .replace("&amp;", "&");
    for line in plain.lines().filter(|line| !line.trim().is_empty()) {
        // The text of a whole document as a constant is that document's own affair.
        let line = if line.len() > LONGEST {
            before(line, " = ")
        } else {
            line
        };
        text.push_str(indent);
        text.push_str(line.trim_end());
        text.push('\n');
    }
}

fn after<'a>(text: &'a str, mark: &str) -> &'a str {
    text.split_once(mark).map_or("", |(_, after)| after)
}

fn before<'a>(text: &'a str, mark: &str) -> &'a str {
    text.split_once(mark).map_or(text, |(before, _)| before)
}
