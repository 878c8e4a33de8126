//! The account as the API shows it: the world's usage as records, with the faults planted in them.

mod clock;
mod list;
mod listing;
mod periods;
mod record;
mod resource;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use usage_model::{Granularity, UsageRecord};

use self::periods::Periods;
pub(crate) use self::{
    clock::{Clock, ClockError},
    list::{COPIES, RecordList},
    listing::Listing,
};
pub use self::{
    listing::{EmptyPeriods, NameError, Order},
    resource::Resource,
};
use crate::{
    dialect::Dialects,
    error::EmulatorError,
    fault::{Change, DataFault, DataFaultKind, Planted, plant},
    world::{Subject, World},
};

/// The account, its time and the faults in its records.
#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) world: World,
    pub(crate) clock: Clock,
    pub(crate) listing: Listing,
    pub(crate) dialects: Dialects,
    faults: Mutex<Arc<Vec<Sown>>>,
}

/// A data fault, and whose record it is in, by the account's own spelling of the SID.
#[derive(Clone, Debug)]
pub(crate) struct Sown {
    resource: Resource,
    fault: DataFault,
}

/// Why a fault changes nothing.
type Reason = &'static str;

const NO_SIM: Reason = "the account has no such SIM";
const NO_RECORD: Reason = "the API shows no record of that time";

impl Account {
    /// An account without faults.
    pub(crate) fn new(world: World, clock: Clock, listing: Listing, dialects: Dialects) -> Self {
        Self {
            world,
            clock,
            listing,
            dialects,
            faults: Mutex::default(),
        }
    }

    /// The records of a resource in a window, or `None` where the account has no such SIM.
    pub(crate) fn records(
        &self,
        resource: Resource,
        granularity: Granularity,
        window: (DateTime<Utc>, DateTime<Utc>),
        now: DateTime<Utc>,
    ) -> Option<RecordList<'_>> {
        self.with_faults(self.faults(), resource, granularity, window, now)
    }

    fn with_faults(
        &self,
        faults: Arc<Vec<Sown>>,
        resource: Resource,
        granularity: Granularity,
        window: (DateTime<Utc>, DateTime<Utc>),
        now: DateTime<Utc>,
    ) -> Option<RecordList<'_>> {
        let subject = match resource {
            Resource::Account => Subject::Account,
            Resource::Sim(sid) => self.world.find_sim(sid)?,
        };
        // A SID may be asked for in capitals; records have it in the account's own spelling.
        let resource = match subject {
            Subject::Account => Resource::Account,
            Subject::Sim(index) => Resource::Sim(self.world.sim_sid(index)),
        };
        Some(RecordList {
            account: self,
            resource,
            subject,
            granularity,
            periods: Periods::new(granularity, window, now),
            faults,
            now,
        })
    }

    /// The data faults, in the order in which they were given.
    pub(crate) fn faults(&self) -> Arc<Vec<Sown>> {
        Arc::clone(&self.lock())
    }

    /// What every data fault changes now, in the order of the faults.
    pub(crate) fn planted(&self) -> Vec<Planted> {
        let (faults, now) = (self.faults(), self.clock.now());
        let each = faults.iter().enumerate();
        each.map(|(index, sown)| {
            // A fault meets the record as those before it left it.
            let before = faults.get(..index).unwrap_or_default().to_vec();
            let effect = self
                .record_of(before, sown, now)
                .and_then(|(list, position)| effect(&list, position, sown.fault.kind()));
            sown.planted(effect)
        })
        .collect()
    }

    /// Plants one more fault.
    ///
    /// # Errors
    ///
    /// Where the fault changes nothing now, because there is no such record or it has nothing that the
    /// fault could change, or where it takes back what another fault changed.
    pub(crate) fn plant(&self, fault: &DataFault) -> Result<(), EmulatorError> {
        let mut faults = self.lock();
        let planted = self.try_plant(&faults, fault, self.clock.now());
        let sown = planted.map_err(|reason| EmulatorError::Fault {
            fault: Box::new(fault.clone().into()),
            reason,
        })?;
        Arc::make_mut(&mut faults).push(sown);
        Ok(())
    }

    /// Takes all faults out of the records.
    pub(crate) fn clear_faults(&self) {
        *self.lock() = Arc::default();
    }

    fn try_plant(
        &self,
        faults: &[Sown],
        fault: &DataFault,
        now: DateTime<Utc>,
    ) -> Result<Sown, Reason> {
        let mut sown = Sown {
            resource: fault.resource(),
            fault: fault.clone(),
        };
        let (list, position) = self.record_of(faults.to_vec(), &sown, now)?;
        effect(&list, position, fault.kind())?;
        sown.resource = list.resource;
        let all = [faults, std::slice::from_ref(&sown)].concat();
        let (truth, position) = self.record_of(Vec::new(), &sown, now)?;
        let list = RecordList {
            faults: Arc::new(all),
            ..truth.clone()
        };
        if takes_back(&truth, &list, position) {
            return Err("it takes back what another fault changes");
        }
        Ok(sown)
    }

    /// The list and the position of the record that a fault is in, where it is shown.
    fn record_of(
        &self,
        faults: Vec<Sown>,
        sown: &Sown,
        now: DateTime<Utc>,
    ) -> Result<(RecordList<'_>, i64), Reason> {
        let (start, granularity) = (sown.fault.start(), sown.fault.granularity());
        let window = (start, start + TimeDelta::seconds(1));
        let list = self
            .with_faults(Arc::new(faults), sown.resource, granularity, window, now)
            .ok_or(NO_SIM)?;
        let position = list
            .periods
            .positions()
            .find(|position| list.periods.period(*position).0 == start)
            .ok_or(NO_RECORD)?;
        if list.copies(position) == 0 {
            return Err(NO_RECORD);
        }
        Ok((list, position))
    }

    fn lock(&self) -> MutexGuard<'_, Arc<Vec<Sown>>> {
        // Nothing panics while it holds the lock.
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sown {
    fn planted(&self, effect: Result<Change, Reason>) -> Planted {
        let (start, granularity) = (self.fault.start(), self.fault.granularity());
        let length = match granularity {
            Granularity::Hourly => TimeDelta::hours(1),
            Granularity::Daily | Granularity::All => TimeDelta::days(1),
        };
        let (change, dormant) = match effect {
            Ok(change) => (change, None),
            Err(reason) => (Change::at(""), Some(reason)),
        };
        Planted {
            resource: self.resource,
            granularity,
            start,
            end: start + length,
            fault: self.fault.clone(),
            pointer: change.pointer,
            delta: change.delta,
            dormant,
        }
    }
}

/// What one more fault changes in a record of a list.
fn effect(list: &RecordList<'_>, position: i64, kind: &DataFaultKind) -> Result<Change, Reason> {
    match kind {
        DataFaultKind::Gap if list.faults_at(position).next().is_some() => {
            Err("another fault is planted in the record")
        }
        DataFaultKind::Duplicate { .. } if list.copies(position) == COPIES => {
            Err("the record is sent often enough")
        }
        DataFaultKind::Gap | DataFaultKind::Duplicate { change: None } => Ok(Change::at("")),
        kind => {
            let mut record = list.record_at(position, 0);
            let before = record.clone();
            let change = plant(kind, &mut record)?;
            if record == before {
                return Err("the record is like that without it");
            }
            Ok(change)
        }
    }
}

/// Whether a record has its true value where one of the faults in it should have changed that.
fn takes_back(truth: &RecordList<'_>, list: &RecordList<'_>, position: i64) -> bool {
    let mut record = truth.record_at(position, 0);
    let json = |record: &UsageRecord| serde_json::to_value(record).unwrap_or_default();
    let (wanted, sent) = (json(&record), json(&list.record_at(position, 0)));
    let kinds = list
        .faults_at(position)
        .filter(|kind| !matches!(kind, DataFaultKind::Gap | DataFaultKind::Duplicate { .. }));
    let mut changes = kinds.filter_map(|kind| plant(kind, &mut record).ok());
    changes.any(|change| wanted.pointer(&change.pointer) == sent.pointer(&change.pointer))
}
