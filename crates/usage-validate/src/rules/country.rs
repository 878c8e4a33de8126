//! The countries of international roaming.

use usage_model::{
    CountryCode, CountryUsage, Counts, Field, International, Lenient, NodePath, Usage,
};

use crate::{
    config::severity::Severity,
    findings::{draft::Draft, reporter::Reporter, subject::Subject, text},
    rules::catalogue::{
        example::{Example, data},
        rule::{Rule, Scope},
    },
};

pub(crate) static COUNTRY_ENTRY: Rule = Rule {
    code: "UR106",
    name: "country-entry",
    severity: Severity::Warning,
    scope: Scope::CountryEntry,
    since: "0.1.0",
    sentence: "Every entry of international_roaming must have a country_code of three capital letters, and no country may occur twice.",
    formula: "∀ entries e: country_code(e) ~ ^[A-Z]{3}$; e ≠ e′ ⇒ country_code(e) ≠ country_code(e′)",
    origin: "Real responses have ISO 3166-1 alpha-3 codes, with one entry per country.",
    false_positives: "None known.",
    example: Example::new(data!(
        r#"{"total": 15, "download": 10, "upload": 5, "units": "bytes", "international_roaming": [
    {"total": 12, "download": 8, "upload": 4, "units": "bytes", "country_code": "DEU"},
    {"total": 3, "download": 2, "upload": 1, "units": "bytes", "country_code": "DEU"}]}"#
    )),
    near_miss: Example::new(data!(
        r#"{"total": 15, "download": 10, "upload": 5, "units": "bytes", "international_roaming": [
    {"total": 12, "download": 8, "upload": 4, "units": "bytes", "country_code": "DEU"},
    {"total": 3, "download": 2, "upload": 1, "units": "bytes", "country_code": "CHE"}]}"#
    )),
};

/// Checks that every entry names its country, and no two the same (UR106).
pub(crate) fn check<C: Counts>(tree: &Usage<C>, subject: Subject<'_>, reporter: &mut Reporter) {
    let entries = match &tree.international_roaming {
        // An empty object in place of the list is another way to say that there is none.
        International::Single(entry) if **entry == CountryUsage::default() => return,
        international => international.entries(),
    };
    let mut seen = Seen::new(entries.len());
    for (index, entry) in entries.iter().enumerate() {
        reporter.evaluated(&COUNTRY_ENTRY);
        let problem = match &entry.country_code {
            Field::Value(Lenient::Known(code)) => {
                let earlier = entries.get(..index).unwrap_or_default().iter();
                let repeated = seen.repeats(*code, earlier.map(|entry| &entry.country_code));
                repeated.then_some(Problem::Repeated(*code))
            }
            Field::Value(Lenient::Other(text)) => Some(Problem::Malformed(text)),
            Field::Null => Some(Problem::Missing("is null")),
            Field::Absent => Some(Problem::Missing("is absent")),
        };
        if let Some(problem) = problem {
            let path = match tree.international_roaming {
                International::Single(_) => NodePath::InternationalSingle,
                _ => NodePath::International(index),
            };
            reporter.report(&COUNTRY_ENTRY, subject, || draft(tree, path, problem));
        }
    }
}

#[derive(Clone, Copy)]
enum Problem<'a> {
    Missing(&'static str),
    Malformed(&'a str),
    Repeated(CountryCode),
}

fn draft<C: Counts>(tree: &Usage<C>, path: NodePath, problem: Problem<'_>) -> Draft {
    let node = text::node(tree, path);
    let pointer = format!("{}/country_code", path.pointer(C::KIND));
    match problem {
        Problem::Missing(state) => Draft::new(pointer, format!("the country_code of `{node}` {state}"))
            .help("its traffic counts towards the total, but belongs to no known country"),
        Problem::Malformed(code) => Draft::new(
            pointer,
            format!(
                "the country_code of `{node}` is {:?}, not three capital letters",
                text::shortened(code)
            ),
        ),
        Problem::Repeated(code) => {
            Draft::new(pointer, format!("`{node}` is another entry for {code}"))
                .help("if the network sum (UR201) is wrong too, this traffic is counted twice; otherwise add the entries up")
        }
    }
}

/// Lists up to this long are compared entry by entry, which is quicker than a set.
const SHORT: usize = 16;

/// The countries of a list so far.
enum Seen {
    /// Of a short list: looked up in the list itself.
    Short,
    /// Of a long list: one bit for each code of three letters.
    Long(Box<[u64; (26 * 26 * 26_usize).div_ceil(64)]>),
}

impl Seen {
    fn new(entries: usize) -> Self {
        if entries <= SHORT {
            Self::Short
        } else {
            Self::Long(Box::new([0; _]))
        }
    }

    /// Whether a code has been seen, which from now on it has.
    fn repeats<'a>(
        &mut self,
        code: CountryCode,
        mut earlier: impl Iterator<Item = &'a Field<Lenient<CountryCode>>>,
    ) -> bool {
        match self {
            Self::Short => {
                earlier.any(|other| other.value().and_then(Lenient::known) == Some(&code))
            }
            Self::Long(bits) => {
                let slot = code
                    .as_str()
                    .bytes()
                    .fold(0, |slot, letter| slot * 26 + usize::from(letter - b'A'));
                let (word, bit) = (&mut bits[slot / 64], 1_u64 << (slot % 64));
                let repeated = *word & bit != 0;
                *word |= bit;
                repeated
            }
        }
    }
}
