//! The faults that are in force.

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicU64, Ordering},
};

use chrono::{DateTime, TimeDelta, Utc};
use usage_model::{Granularity, Resource, UsageRecord};

use super::{
    entry::{AnswerCache, Change, Reason, RecordEffect},
    sent::{PlacedFault, SentRecords},
    text::{Fault, FaultKind},
    when::Endpoint,
};
use crate::{
    account::{Account, Query},
    dialect::Dialects,
};

const NO_SIM: Reason = "the account has no such SIM";
const NO_RECORD: Reason = "the API shows no record of that time";

/// The faults that are in force, and what they have to count.
#[derive(Debug)]
pub(crate) struct Faults {
    seed: u64,
    records: Mutex<Arc<Vec<PlacedFault>>>,
    requests: Mutex<Vec<RequestFault>>,
    counts: [AtomicU64; Endpoint::ALL.len()],
    cache: AnswerCache,
}

/// A fault that cannot be added, and what is in its way.
#[derive(Debug)]
pub(crate) struct RefusedFault {
    pub(crate) fault: Box<Fault>,
    pub(crate) reason: Reason,
}

/// A fault in answers, and how many requests there had been when it was added.
#[derive(Clone, Debug)]
struct RequestFault {
    fault: Fault,
    before: u64,
}

impl Faults {
    /// No faults, in an emulator of a seed.
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            seed,
            records: Mutex::default(),
            requests: Mutex::default(),
            counts: [const { AtomicU64::new(0) }; Endpoint::ALL.len()],
            cache: AnswerCache::default(),
        }
    }

    /// Adds a fault; one in answers counts requests from here on.
    ///
    /// # Errors
    ///
    /// Fails if a fault in a record changes nothing now, because there is no such record or it has nothing
    /// that the fault could change, or if it takes back what another fault changed.
    pub(crate) fn add(
        &self,
        account: &Account,
        dialects: &Dialects,
        fault: Fault,
    ) -> Result<(), RefusedFault> {
        match fault.kind() {
            FaultKind::Record { resource, .. } => {
                let mut faults = lock(&self.records);
                let mut placed = PlacedFault {
                    resource: *resource,
                    fault,
                };
                let view = View {
                    account,
                    dialects,
                    now: account.clock.now(),
                };
                match view.place(&faults, &mut placed) {
                    Ok(()) => Arc::make_mut(&mut faults).push(placed),
                    Err(reason) => {
                        let fault = Box::new(placed.fault);
                        return Err(RefusedFault { fault, reason });
                    }
                }
            }
            FaultKind::Request { endpoint, .. } => {
                let before = self.count(*endpoint).load(Ordering::Relaxed);
                lock(&self.requests).push(RequestFault { fault, before });
            }
        }
        Ok(())
    }

    /// Ends all faults and forgets the answers that were kept for them.
    pub(crate) fn clear(&self) {
        *lock(&self.records) = Arc::default();
        lock(&self.requests).clear();
        lock(&self.cache).clear();
    }

    /// Returns the faults in answers.
    pub(crate) fn in_answers(&self) -> Vec<Fault> {
        let faults = lock(&self.requests);
        faults.iter().map(|each| each.fault.clone()).collect()
    }

    /// Counts a request and returns its number, and the faults that concern it.
    pub(crate) fn next(&self, endpoint: Endpoint) -> (u64, Vec<Fault>) {
        let number = self.count(endpoint).fetch_add(1, Ordering::Relaxed) + 1;
        let faults = lock(&self.requests);
        let concerned = faults.iter().filter(|each| {
            let counted = number.saturating_sub(each.before);
            each.fault.concerns(endpoint, counted, self.seed)
        });
        let concerned = concerned.map(|each| each.fault.clone()).collect();
        (number, concerned)
    }

    /// Returns the answers that are kept for later requests.
    pub(crate) fn cache(&self) -> AnswerCache {
        Arc::clone(&self.cache)
    }

    /// Returns the records that answer a query, or `None` if the account has no such SIM.
    pub(crate) fn sent<'a>(
        &self,
        account: &'a Account,
        dialects: &'a Dialects,
        resource: Resource,
        query: &Query,
        now: DateTime<Utc>,
    ) -> Option<SentRecords<'a>> {
        Some(SentRecords {
            list: account.records(resource, query.granularity, (query.start, query.end), now)?,
            dialects,
            faults: Arc::clone(&lock(&self.records)),
        })
    }

    /// Returns what every fault in a record changes now, in the order in which they were added.
    pub(crate) fn injected(&self, account: &Account, dialects: &Dialects) -> Vec<InjectedFault> {
        let faults = Arc::clone(&lock(&self.records));
        let view = View {
            account,
            dialects,
            now: account.clock.now(),
        };
        let each = faults.iter().enumerate();
        each.filter_map(|(index, placed)| {
            // A fault meets the record as those before it left it.
            let before = faults.get(..index).unwrap_or_default();
            view.injected(before, placed)
        })
        .collect()
    }

    const fn count(&self, endpoint: Endpoint) -> &AtomicU64 {
        let [records, sims, token] = &self.counts;
        match endpoint {
            Endpoint::Records => records,
            Endpoint::Sims => sims,
            Endpoint::Token => token,
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing panics while it holds a lock.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The account as it is looked at when a fault is placed.
struct View<'a> {
    account: &'a Account,
    dialects: &'a Dialects,
    now: DateTime<Utc>,
}

impl View<'_> {
    /// Places one more fault, after making sure that it changes something.
    fn place(&self, faults: &[PlacedFault], placed: &mut PlacedFault) -> Result<(), Reason> {
        let (list, ordinal) = self.record_of(faults, placed)?;
        if let Some(effect) = placed.effect() {
            list.change(ordinal, effect)?;
        }
        placed.resource = list.list.resource();
        let all = [faults, std::slice::from_ref(placed)].concat();
        let (truth, ordinal) = self.record_of(&[], placed)?;
        let list = SentRecords {
            faults: Arc::new(all),
            ..truth.clone()
        };
        if takes_back(&truth, &list, ordinal) {
            return Err("it takes back what another fault changes");
        }
        Ok(())
    }

    /// Returns the list with the record that a fault is in, and where that stands.
    fn record_of(
        &self,
        faults: &[PlacedFault],
        placed: &PlacedFault,
    ) -> Result<(SentRecords<'_>, i64), Reason> {
        let FaultKind::Record {
            granularity, start, ..
        } = placed.fault.kind()
        else {
            return Err(NO_RECORD);
        };
        let window = (*start, *start + TimeDelta::seconds(1));
        let list = self
            .account
            .records(placed.resource, *granularity, window, self.now)
            .ok_or(NO_SIM)?;
        let mut ordinals = list.ordinals();
        let ordinal = ordinals.find(|ordinal| list.period(*ordinal).0 == *start);
        let ordinal = ordinal.ok_or(NO_RECORD)?;
        let list = SentRecords {
            list,
            dialects: self.dialects,
            faults: Arc::new(faults.to_vec()),
        };
        if list.copies(ordinal) == 0 {
            return Err(NO_RECORD);
        }
        Ok((list, ordinal))
    }

    fn injected(&self, before: &[PlacedFault], placed: &PlacedFault) -> Option<InjectedFault> {
        let FaultKind::Record {
            granularity,
            start,
            effect,
            ..
        } = placed.fault.kind()
        else {
            return None;
        };
        let found = self.record_of(before, placed);
        let change = found.and_then(|(list, ordinal)| list.change(ordinal, effect));
        let length = match granularity {
            Granularity::Hourly => TimeDelta::hours(1),
            Granularity::Daily | Granularity::All => TimeDelta::days(1),
        };
        let (change, dormant) = match change {
            Ok(change) => (change, None),
            Err(reason) => (Change::at(""), Some(reason)),
        };
        Some(InjectedFault {
            resource: placed.resource,
            granularity: *granularity,
            start: *start,
            end: *start + length,
            fault: placed.fault.clone(),
            pointer: change.pointer,
            delta: change.delta,
            dormant,
        })
    }
}

/// Returns whether a record has its true value where one of the faults in it should have changed that.
fn takes_back(truth: &SentRecords<'_>, list: &SentRecords<'_>, ordinal: i64) -> bool {
    let mut record = truth.record_at(ordinal, 0);
    let json = |record: &UsageRecord| serde_json::to_value(record).unwrap_or_default();
    let (wanted, sent) = (json(&record), json(&list.record_at(ordinal, 0)));
    let changes = list.effects_at(ordinal).filter_map(|effect| match effect {
        RecordEffect::Change(change) => change(&mut record).ok(),
        RecordEffect::Repeat(_) | RecordEffect::Omit => None,
    });
    let pointers: Vec<String> = changes.map(|change| change.pointer).collect();
    let mut pointers = pointers.iter();
    pointers.any(|pointer| wanted.pointer(pointer) == sent.pointer(pointer))
}

/// A fault in a record and what it changes at the time it is asked for: exactly this, and nothing else,
/// is wrong with the records then.
///
/// Figures grow and records pass out of retention as the emulated time goes on, so that a fault may change
/// another amount later, stand at another place of a list, or have nothing left to change.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InjectedFault {
    /// Whose record is wrong.
    pub resource: Resource,
    /// Whether the daily or the hourly record is wrong.
    pub granularity: Granularity,
    /// The true start of the record's period; inclusive.
    pub start: DateTime<Utc>,
    /// The true end of the record's period; exclusive.
    pub end: DateTime<Utc>,
    /// The fault.
    pub fault: Fault,
    /// What is changed, as a JSON pointer within the record: a counter, a tree, the period or the SID.
    /// Empty for the whole record, and where nothing is changed.
    pub pointer: String,
    /// By how much a counter is changed, where one is: the sent value less the one before the fault. For
    /// `outside-total` and `revision` it is the change of the tree's `total`.
    pub delta: Option<i128>,
    /// Why the fault changes nothing now; `None` where it does change something.
    pub dormant: Option<&'static str>,
}
