//! No files of a crate import each other in a ring.
//!
//! A file imports another one if it names something that is defined there: in a `use`, in a path that starts with
//! `crate`, `super`, `self` or a module of its own, or in an attribute of serde. A `pub use` passes a name on and is no
//! import; whoever takes the name from there imports the file that defines it. Tests within a file do not count.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    fs,
    path::Path,
};

/// The path of a module from the root of its crate.
type Module = Vec<String>;

/// The files of a crate, by the modules that they are.
#[derive(Default)]
struct Crate(BTreeMap<Module, File>);

#[derive(Default)]
struct File {
    children: BTreeSet<String>,
    /// Every path that the file names, from the root of the crate.
    named: BTreeSet<Vec<String>>,
    /// Names that others can take from this file, though they are defined elsewhere.
    passed_on: BTreeMap<String, Vec<String>>,
    macros: Vec<String>,
}

impl Crate {
    /// Reads the files of a crate, each found by its module.
    fn read(text: &dyn Fn(&Module) -> Option<String>) -> Self {
        let mut files = Self::default();
        files.add(Module::new(), text);
        let macros: Vec<_> = files
            .0
            .iter()
            .flat_map(|(module, file)| file.macros.iter().map(move |name| (name, module)))
            .map(|(name, module)| {
                (
                    name.clone(),
                    [&**module, std::slice::from_ref(name)].concat(),
                )
            })
            .collect();
        // An exported macro is named from the root, wherever it is defined.
        if let Some(root) = files.0.get_mut(&Module::new()) {
            root.passed_on.extend(macros);
        }
        files
    }

    fn add(&mut self, module: Module, text: &dyn Fn(&Module) -> Option<String>) {
        let Some(source) = text(&module) else { return };
        let file = File::parse(&module, &without_tests(&tokens(&source)));
        for child in &file.children {
            let module = [&*module, std::slice::from_ref(child)].concat();
            self.add(module, text);
        }
        self.0.insert(module, file);
    }

    /// The file that defines what a path from the root of the crate names.
    fn definition(&self, path: &[String]) -> Option<&Module> {
        let mut path = path.to_vec();
        // A name is passed on a few times at the most.
        for _ in 0..8 {
            let known = (0..=path.len())
                .rev()
                .find(|length| self.0.contains_key(&path[..*length]))?;
            let (module, file) = self.0.get_key_value(&path[..known])?;
            match path.get(known).and_then(|name| file.passed_on.get(name)) {
                Some(elsewhere) => path = [&**elsewhere, &path[known + 1..]].concat(),
                None => return Some(module),
            }
        }
        None
    }

    /// The other files that each file imports.
    fn imports(&self) -> BTreeMap<&Module, BTreeSet<&Module>> {
        self.0
            .iter()
            .map(|(module, file)| {
                let named = file.named.iter().filter_map(|path| self.definition(path));
                (module, named.filter(|other| *other != module).collect())
            })
            .collect()
    }

    /// The shortest ring of imports, if there is any.
    fn ring(&self) -> Option<String> {
        let imports = self.imports();
        let rings = self.0.keys().filter_map(|start| {
            let mut before = BTreeMap::<&Module, &Module>::new();
            let mut queue = VecDeque::from([start]);
            while let Some(at) = queue.pop_front() {
                for &next in &imports[at] {
                    if next == start {
                        let mut ring = vec![start, at];
                        while let Some(earlier) = before.get(ring[ring.len() - 1]) {
                            ring.push(earlier);
                        }
                        ring.reverse();
                        return Some(ring);
                    }
                    if !before.contains_key(next) {
                        before.insert(next, at);
                        queue.push_back(next);
                    }
                }
            }
            None
        });
        let shortest = rings.min_by_key(Vec::len)?;
        let names: Vec<_> = shortest.iter().map(|module| module.join("::")).collect();
        Some(names.join(" → "))
    }
}

impl File {
    fn parse(module: &[String], tokens: &[Token]) -> Self {
        let mut file = Self::default();
        // Modules within the file, each with the depth of braces at which it ends.
        let mut inner: Vec<(String, usize)> = Vec::new();
        let mut depth = 0;
        let word = |at: usize| tokens.get(at).and_then(Token::word);
        let is = |at: usize, sign: char| matches!(tokens.get(at), Some(Token::Sign(other)) if *other == sign);
        let declared = tokens.windows(3).filter_map(|window| match window {
            [Token::Word(keyword), Token::Word(name), Token::Sign(';')] if keyword == "mod" => {
                Some(name.clone())
            }
            _ => None,
        });
        file.children = declared.collect();
        let mut at = 0;
        while at < tokens.len() {
            let here: Module = module
                .iter()
                .cloned()
                .chain(inner.iter().map(|(name, _)| name.clone()))
                .collect();
            match &tokens[at] {
                Token::Sign('{') => depth += 1,
                Token::Sign('}') => {
                    depth -= 1;
                    inner.retain(|(_, end)| *end <= depth);
                }
                Token::Text(text) if text.starts_with("crate::") => {
                    file.named
                        .insert(text.split("::").skip(1).map(str::to_owned).collect());
                }
                Token::Word(keyword) if keyword == "mod" && is(at + 2, '{') => {
                    inner.push((word(at + 1).unwrap_or_default().to_owned(), depth + 1));
                }
                Token::Word(keyword)
                    if keyword == "macro_rules"
                        && word_before(tokens, at) == Some("macro_export") =>
                {
                    file.macros.extend(word(at + 2).map(str::to_owned));
                }
                Token::Word(keyword) if keyword == "use" => {
                    let is_public = at > 0 && (word(at - 1) == Some("pub") || is(at - 1, ')'));
                    let mut leaves = Vec::new();
                    at = tree(tokens, at + 1, &[], &mut leaves);
                    for (path, name) in leaves {
                        if let Some(path) = file.absolute(&here, &path) {
                            if inner.is_empty() {
                                file.passed_on.insert(name, path.clone());
                            }
                            if !is_public {
                                file.named.insert(path);
                            }
                        }
                    }
                    continue;
                }
                Token::Word(first)
                    if is(at + 1, ':') && is(at + 2, ':') && !(at > 0 && is(at - 1, ':')) =>
                {
                    let mut path = vec![first.clone()];
                    while is(at + 1, ':') && is(at + 2, ':') {
                        let Some(next) = word(at + 3) else { break };
                        path.push(next.to_owned());
                        at += 3;
                    }
                    file.named.extend(file.absolute(&here, &path));
                }
                _ => {}
            }
            at += 1;
        }
        file
    }

    /// A path from the root of the crate; `None` where it leads to another crate.
    fn absolute(&self, here: &[String], path: &[String]) -> Option<Vec<String>> {
        let mut base = here.to_vec();
        let mut rest = path;
        match path.first()?.as_str() {
            "crate" => {
                base.clear();
                rest = &path[1..];
            }
            "self" => rest = &path[1..],
            "super" => {
                while rest.first().is_some_and(|first| first == "super") {
                    base.pop()?;
                    rest = &rest[1..];
                }
            }
            child if self.children.contains(child) => {}
            _ => return None,
        }
        Some([&base, rest].concat())
    }
}

/// Reads the tree of a `use` from a token on: each path with the name under which it is known here. Returns the place
/// behind it.
fn tree(
    tokens: &[Token],
    mut at: usize,
    before: &[String],
    leaves: &mut Vec<(Vec<String>, String)>,
) -> usize {
    let mut path = before.to_vec();
    loop {
        match tokens.get(at) {
            Some(Token::Word(word)) if word == "as" => {
                let name = tokens.get(at + 1).and_then(Token::word).unwrap_or_default();
                leaves.push((path, name.to_owned()));
                return at + 2;
            }
            Some(Token::Word(word)) => {
                // `a::{self}` is `a`.
                if word != "self" || path.is_empty() {
                    path.push(word.clone());
                }
            }
            Some(Token::Sign(':' | '*')) => {}
            Some(Token::Sign('{')) => {
                at += 1;
                while !matches!(tokens.get(at), None | Some(Token::Sign('}'))) {
                    at = tree(tokens, at, &path, leaves);
                    if matches!(tokens.get(at), Some(Token::Sign(','))) {
                        at += 1;
                    }
                }
                return at + 1;
            }
            _ => {
                let name = path.last().cloned().unwrap_or_default();
                leaves.push((path, name));
                return at;
            }
        }
        at += 1;
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Word(String),
    Text(String),
    Sign(char),
}

impl Token {
    fn word(&self) -> Option<&str> {
        match self {
            Self::Word(word) => Some(word),
            Self::Text(_) | Self::Sign(_) => None,
        }
    }
}

/// The last word before a place.
fn word_before(tokens: &[Token], at: usize) -> Option<&str> {
    tokens[..at].iter().rev().find_map(Token::word)
}

/// The words, texts and signs of a source file, without its comments, white space and letters in quotes.
fn tokens(source: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
        let raw = rest
            .strip_prefix('r')
            .map(|rest| rest.trim_start_matches('#'));
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if let Some(raw) = raw.filter(|raw| raw.starts_with('"')) {
            let hashes = rest.len() - raw.len() - 1;
            let end = format!("\"{}", "#".repeat(hashes));
            let content = &raw[1..];
            hashes + 2 + content.find(&end).unwrap_or(content.len()) + end.len()
        } else if first == '"' {
            let mut escaped = false;
            let end = rest[1..].find(|letter| {
                let is_end = letter == '"' && !escaped;
                escaped = letter == '\\' && !escaped;
                is_end
            });
            let end = end.unwrap_or(rest.len() - 2);
            tokens.push(Token::Text(rest[1..=end].to_owned()));
            end + 2
        } else if first == '\'' {
            letter(rest)
        } else if is_word(first) {
            let length = rest.find(|letter| !is_word(letter)).unwrap_or(rest.len());
            tokens.push(Token::Word(rest[..length].to_owned()));
            length
        } else {
            if !first.is_whitespace() {
                tokens.push(Token::Sign(first));
            }
            first.len_utf8()
        };
        rest = &rest[length..];
    }
    tokens
}

/// The length of a letter in quotes, or of the sign before a lifetime.
fn letter(text: &str) -> usize {
    let mut letters = text.char_indices().skip(1);
    match letters.next() {
        Some((_, '\\')) => text[2..].find('\'').map_or(1, |end| {
            // The letter may be a quote itself.
            if text[2..].starts_with('\'') {
                4
            } else {
                end + 3
            }
        }),
        Some(_) => match letters.next() {
            Some((end, '\'')) => end + 1,
            _ => 1,
        },
        None => 1,
    }
}

/// The tokens without what is only compiled for tests.
fn without_tests(tokens: &[Token]) -> Vec<Token> {
    let is = |at: usize, sign: char| tokens.get(at) == Some(&Token::Sign(sign));
    let is_cfg_test = |at: usize| {
        is(at, '#')
            && is(at + 1, '[')
            && tokens.get(at + 2).and_then(Token::word) == Some("cfg")
            && tokens.get(at + 4).and_then(Token::word) == Some("test")
            && is(at + 5, ')')
    };
    let mut kept = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if !is_cfg_test(at) {
            kept.push(tokens[at].clone());
            at += 1;
            continue;
        }
        at += 7;
        let mut depth = 0;
        while at < tokens.len() {
            depth += usize::from(is(at, '{'));
            let closes = is(at, '}');
            depth -= usize::from(closes);
            at += 1;
            if depth == 0 && (closes || is(at - 1, ';')) {
                break;
            }
        }
    }
    kept
}

/// The text of a module below a folder of sources.
fn source(root: &Path, module: &Module) -> Option<String> {
    let stem = module.join("/");
    let names = if module.is_empty() {
        ["lib.rs".to_owned(), "main.rs".to_owned()]
    } else {
        [format!("{stem}.rs"), format!("{stem}/mod.rs")]
    };
    names
        .iter()
        .find_map(|name| fs::read_to_string(root.join(name)).ok())
}

#[test]
fn no_files_of_a_crate_import_each_other_in_a_ring() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut rings = Vec::new();
    for entry in fs::read_dir(&root).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let sources = root.join(&name).join("src");
        let files = Crate::read(&|module| source(&sources, module));
        assert!(!files.0.is_empty(), "{name} has no sources");
        if let Some(ring) = files.ring() {
            rings.push(format!("{name}: {ring}"));
        }
    }
    assert_eq!(rings, [""; 0]);
}

/// The ring in a crate of these files, each with its module; the root is the module "".
fn ring(files: &[(&str, &str)]) -> Option<String> {
    let text = |module: &Module| {
        let file = files.iter().find(|(name, _)| *name == module.join("::"))?;
        Some(file.1.to_owned())
    };
    Crate::read(&text).ring()
}

#[test]
fn an_import_is_a_name_that_is_defined_elsewhere() {
    let root = ("", "mod a; mod b; pub use a::A;");
    for (what, a, b, expected) in [
        (
            "both import",
            "use crate::b::B; pub struct A;",
            "use super::a::A; pub struct B;",
            true,
        ),
        (
            "one imports",
            "use crate::b::B; pub struct A;",
            "pub struct B;",
            false,
        ),
        (
            "a path is an import",
            "fn f() { crate::b::g() }",
            "fn g() { super::a::f() }",
            true,
        ),
        (
            "the root passes on",
            "use crate::b::B; pub struct A;",
            "use crate::{A, C}; pub struct B;",
            true,
        ),
        (
            "an attribute imports",
            "use crate::b::B;",
            "#[serde(with = \"crate::a::f\")] struct B;",
            true,
        ),
        (
            "tests do not count",
            "use crate::b::B;",
            "#[cfg(test)] mod tests { use crate::a::A; } struct B;",
            false,
        ),
        (
            "comments do not count",
            "use crate::b::B;",
            "// crate::a::A\nstruct B<'a>(&'a str);",
            false,
        ),
        (
            "other crates do not count",
            "use crate::b::B;",
            "use std::a::A; struct B;",
            false,
        ),
    ] {
        assert_eq!(
            ring(&[root, ("a", a), ("b", b)]).is_some(),
            expected,
            "{what}"
        );
    }
}

#[test]
fn a_file_that_passes_on_what_its_children_define_is_in_no_ring() {
    let root = ("", "mod a;");
    let children = [
        ("a::x", "use super::Y; pub struct X;"),
        ("a::y", "pub struct Y;"),
    ];
    let passes_on = ("a", "mod x; mod y; pub use x::X; pub(crate) use y::Y;");
    assert_eq!(ring(&[root, passes_on, children[0], children[1]]), None);
    let defines = ("a", "mod x; mod y; use x::X; pub struct Y;");
    let found = ring(&[root, defines, children[0], children[1]]);
    assert_eq!(found.as_deref(), Some("a → a::x → a"));
}
