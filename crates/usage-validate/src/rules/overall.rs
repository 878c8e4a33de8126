//! What the rules on a run as a whole are decided by: it adds up over the parts of a run, wherever they were checked.

use serde::{Deserialize, Serialize};
use usage_model::{Kind, Position};

use super::{
    accounts::{self, AccountsSeen, MIXED_ACCOUNT},
    catalogue::rule::Rule,
    international::{INTERNATIONAL_POLICY_INCONSISTENT, Votes},
    member::{MembersSeen, UNKNOWN_MEMBER},
    window::{WINDOW_PAST_RETENTION, WINDOW_UNCOVERED, WindowSeen},
};
use crate::findings::{kept::Kept, reporter::Reporter};

/// What was seen of a run that the rules on it as a whole need.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct Overall {
    /// The unknown members, for UR103.
    pub(crate) members: MembersSeen,
    /// The accounts, for UR406; empty where records may be of several.
    pub(crate) accounts: AccountsSeen,
    /// The queried window and what records cover of it, for UR502 and UR503; null where the window is not known.
    pub(crate) window: Option<WindowSeen>,
    /// How international traffic is counted, for UR206: in Commands, then in data.
    pub(crate) votes: [Votes; 2],
}

/// A finding about a record that the run as a whole shows.
pub(crate) enum AboutRecord {
    /// Of Commands, or of data.
    Votes(usize),
    /// Another account than the one that the list is of.
    Account(String),
}

impl Overall {
    /// What is seen of nothing.
    pub(crate) const EMPTY: Self = Self {
        members: MembersSeen::EMPTY,
        accounts: AccountsSeen::EMPTY,
        window: None,
        votes: [Votes::EMPTY, Votes::EMPTY],
    };

    /// The rules that are decided here.
    pub(crate) const RULES: [&'static Rule; 5] = [
        &UNKNOWN_MEMBER,
        &INTERNATIONAL_POLICY_INCONSISTENT,
        &MIXED_ACCOUNT,
        &WINDOW_UNCOVERED,
        &WINDOW_PAST_RETENTION,
    ];

    /// Adds what was seen elsewhere.
    pub(crate) fn merge(&mut self, other: &Self) {
        self.members.merge(&other.members, Position::START, 0);
        self.accounts.merge(&other.accounts);
        match (&mut self.window, &other.window) {
            (Some(window), Some(other)) => window.merge(other),
            (window @ None, Some(other)) => *window = Some(other.clone()),
            (_, None) => {}
        }
        for (votes, other) in self.votes.iter_mut().zip(&other.votes) {
            votes.merge(other);
        }
    }

    /// The records that findings may be about, to take note that one about them was counted.
    pub(crate) fn firsts(&mut self) -> impl Iterator<Item = &mut Kept> {
        self.accounts
            .firsts()
            .chain(self.votes.iter_mut().flat_map(Votes::firsts))
    }

    /// The findings about records.
    pub(crate) fn about_records(&self) -> impl Iterator<Item = (&Kept, AboutRecord)> {
        let accounts = self
            .accounts
            .others()
            .map(|(record, main)| (record, AboutRecord::Account(main.to_owned())));
        let votes = self.votes.iter().enumerate();
        let votes =
            votes.filter_map(|(index, votes)| Some((votes.odd()?.0, AboutRecord::Votes(index))));
        accounts.chain(votes)
    }

    /// How many findings there are by each rule.
    pub(crate) fn findings(&self) -> impl Iterator<Item = (&'static Rule, u64)> {
        let window = self.window.iter().flat_map(WindowSeen::flaws);
        let records = self.about_records().map(|(_, about)| about.rule());
        window
            .map(|flaw| flaw.rule())
            .chain(records)
            .map(|rule| (rule, 1))
            .chain([(&UNKNOWN_MEMBER, self.members.findings())])
    }

    /// The rules that have something to decide on, once for the run.
    pub(crate) fn evaluated(&self) -> impl Iterator<Item = &'static Rule> {
        self.window.iter().flat_map(WindowSeen::evaluated)
    }

    /// Reports a finding about a record.
    pub(crate) fn report(&self, record: &Kept, about: &AboutRecord, reporter: &mut Reporter) {
        match about {
            AboutRecord::Votes(index) => {
                if let (Some(votes), Some(kind)) = (self.votes.get(*index), Kind::ALL.get(*index)) {
                    votes.report(*kind, record, reporter);
                }
            }
            AboutRecord::Account(main) => accounts::report(record, main, reporter),
        }
    }
}

impl AboutRecord {
    pub(crate) const fn rule(&self) -> &'static Rule {
        match self {
            Self::Votes(_) => &INTERNATIONAL_POLICY_INCONSISTENT,
            Self::Account(_) => &MIXED_ACCOUNT,
        }
    }
}
