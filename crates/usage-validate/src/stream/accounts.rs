//! Whose records a list has.

use std::collections::BTreeSet;

use usage_model::{AccountSid, Lenient, SimSid};

use super::voice::Voice;
use crate::{
    Accounts, catalogue::RuleId, findings::draft::Draft, findings::spot::Spot, findings::text,
    rules,
};

/// Whose records a list has, as far as was seen.
#[derive(Debug)]
pub(super) struct Owners {
    accounts: Accounts,
    /// The account of the list: the first that was named.
    own: Option<Lenient<AccountSid>>,
    others: BTreeSet<Box<str>>,
}

/// Which series a record belongs to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Whose {
    /// `None` for the account of the list, and for a record that does not say.
    account: Option<Lenient<AccountSid>>,
    sim: Option<Lenient<SimSid>>,
}

impl Owners {
    pub(super) const fn new(accounts: Accounts) -> Self {
        Self {
            accounts,
            own: None,
            others: BTreeSet::new(),
        }
    }

    /// Says which series a record belongs to.
    ///
    /// A record whose account is absent, null or redacted is one of the list's own: nothing speaks against it.
    pub(super) fn whose(&self, spot: &Spot) -> Whose {
        let account = match (&spot.account, self.accounts) {
            (Some(account), _) if is_redacted(account) => None,
            // Before any account was named by a record that can be read, none speaks against another.
            (_, Accounts::One) if self.own.is_none() => None,
            (account, Accounts::One) if *account == self.own => None,
            (account, _) => account.clone(),
        };
        Whose {
            account,
            sim: spot.sim.clone(),
        }
    }

    /// Checks that a record is of the same account as all others (UR406), once for each further account.
    pub(super) fn check(&mut self, voice: &mut Voice<'_>) {
        let Some(account) = &voice.spot.account else {
            return;
        };
        if self.accounts == Accounts::Many {
            return;
        }
        if self.own.as_ref() == Some(account) {
            voice.evaluated(RuleId::MIXED_ACCOUNT);
            return;
        }
        if is_redacted(account) {
            return;
        }
        voice.evaluated(RuleId::MIXED_ACCOUNT);
        let Some(own) = &self.own else {
            self.own = Some(account.clone());
            return;
        };
        if self.others.insert(account.as_str().into()) {
            voice.report(RuleId::MIXED_ACCOUNT, || {
                Draft::new(
                    super::PERIOD,
                    format!(
                        "the record is of account {:?}, those before it of {:?}",
                        text::shortened(account.as_str()),
                        text::shortened(own.as_str())
                    ),
                )
                .help("records of several accounts are expected where accounts are `many`")
            });
        }
    }
}

fn is_redacted(account: &Lenient<AccountSid>) -> bool {
    matches!(account, Lenient::Other(text) if rules::is_redacted::<usage_model::Account>(text))
}
