//! Of whose records a list is made.

use std::{cmp::Reverse, collections::BTreeMap};

use serde::{Deserialize, Serialize};
use usage_model::{Account, AccountSid, Lenient};

use crate::{
    config::severity::Severity,
    findings::{draft::Draft, kept::Kept, reporter::Reporter, subject::Subject, text},
    rules::{
        catalogue::{
            example::{Example, line},
            rule::{Rule, Scope},
        },
        coverage::PERIOD,
        identity,
    },
};

pub(crate) static MIXED_ACCOUNT: Rule = Rule {
    since: "0.1.0",
    code: "UR406",
    name: "mixed-account",
    severity: Severity::Error,
    scope: Scope::Record,
    sentence: "All records of a list must belong to one account, unless several accounts are allowed.",
    formula: "account_sid(r) = account_sid(s) for all records that have one, redacted ones left out; reported once for each account \
              but the one that most records are of; of those with as many, the one with the earliest period, then with the \
              smallest SID",
    origin: "A query covers one account.",
    false_positives: "Lists of several accounts that were combined on purpose. Which account the list is taken to be of does not \
                      depend on the order of the records, so where two have as many, its first record may be the one that is reported.",
    example: Example::new(concat!(
        line!("2026-06-01", "2026-06-02", 1),
        line!(
            "2026-06-01",
            "2026-06-02",
            1,
            "ACcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd"
        ),
    )),
    near_miss: Example::new(concat!(
        line!("2026-06-01", "2026-06-02", 1),
        line!(
            "2026-06-02",
            "2026-06-03",
            1,
            "ACXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX"
        ),
    )),
};

/// The accounts of a list, as far as they were named.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(from = "Vec<Named>", into = "Vec<Named>")]
pub(crate) struct AccountsSeen(BTreeMap<Lenient<AccountSid>, Named>);

/// An account that records of a list name.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "CarriedAccount"))]
struct Named {
    /// How many records name it.
    records: u64,
    /// Its first record by account, SIM and period.
    first: Kept,
}

impl From<AccountsSeen> for Vec<Named> {
    fn from(accounts: AccountsSeen) -> Self {
        accounts.0.into_values().collect()
    }
}

impl From<Vec<Named>> for AccountsSeen {
    fn from(accounts: Vec<Named>) -> Self {
        let mut seen = Self::EMPTY;
        for named in accounts {
            if let Some(account) = &named.first.account {
                let account = account.clone();
                seen.note(&account, named.records, |first| {
                    named.first.if_before(first)
                });
            }
        }
        seen
    }
}

impl AccountsSeen {
    pub(crate) const EMPTY: Self = Self(BTreeMap::new());

    /// Takes note of records of an account; `keep` gives one of them where it stands before the first so far.
    pub(crate) fn note(
        &mut self,
        account: &Lenient<AccountSid>,
        records: u64,
        keep: impl FnOnce(Option<&Kept>) -> Option<Kept>,
    ) {
        if let Some(named) = self.0.get_mut(account) {
            named.records = named.records.saturating_add(records);
            if let Some(first) = keep(Some(&named.first)) {
                named.first = first;
            }
        } else if let Some(first) = keep(None) {
            self.0.insert(account.clone(), Named { records, first });
        }
    }

    /// Adds the accounts of another list.
    pub(crate) fn merge(&mut self, other: &Self) {
        for (account, named) in &other.0 {
            self.note(account, named.records, |first| named.first.if_before(first));
        }
    }

    /// The first record of each account but the one that most records are of, and that account.
    pub(crate) fn others(&self) -> impl Iterator<Item = (&Kept, &str)> {
        // Of accounts with as many records the list is taken to be of the one that is there first: by period, which
        // is the same however the records were split.
        let main = self
            .0
            .iter()
            .rev()
            .max_by_key(|(_, named)| (named.records, Reverse(named.first.bounds())))
            .map(|(account, _)| account);
        self.0.iter().filter_map(move |(account, named)| {
            let main = main.filter(|main| *main != account)?;
            Some((&named.first, main.as_str()))
        })
    }

    /// The first records, to take note that a finding about one of them was counted.
    pub(crate) fn firsts(&mut self) -> impl Iterator<Item = &mut Kept> {
        self.0.values_mut().map(|named| &mut named.first)
    }
}

/// Reports a record of an account that is not that of the list (UR406).
pub(crate) fn report(record: &Kept, main: &str, reporter: &mut Reporter) {
    reporter.report(&MIXED_ACCOUNT, Subject::Record(&record.subject()), || {
        let account = record.account.as_ref().map_or("", Lenient::as_str);
        Draft::new(
            PERIOD,
            format!(
                "the record belongs to account {:?}, other records of the list to {:?}",
                text::shortened(account),
                text::shortened(main)
            ),
        )
        .help("to check records of several accounts, set accounts to `many`")
    });
}

/// Whether the text in place of an account hides which one it is.
pub(crate) fn is_redacted(account: &Lenient<AccountSid>) -> bool {
    matches!(account, Lenient::Other(text) if identity::is_redacted::<Account>(text))
}
