//! The account as the API shows it: the world's usage as records, with the faults planted in them.

mod list;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use usage_model::Granularity;

pub(crate) use self::list::{COPIES, RecordList};
use crate::{
    buckets::Buckets,
    clock::Clock,
    dialect::Dialects,
    error::EmulatorError,
    fault::{Change, DataFault, DataFaultKind, plant},
    listing::Listing,
    planted::Planted,
    resource::Resource,
    world::{Subject, World},
};

/// The account, its time and the faults in its records.
#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) world: World,
    pub(crate) clock: Clock,
    pub(crate) listing: Listing,
    pub(crate) dialects: Dialects,
    faults: Mutex<Arc<Vec<Planted>>>,
}

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
            buckets: Buckets::new(granularity, window, now),
            faults: self.planted(),
            now,
        })
    }

    /// What every data fault changes, in the order of the faults.
    pub(crate) fn planted(&self) -> Arc<Vec<Planted>> {
        Arc::clone(&self.lock())
    }

    /// Plants one more fault.
    ///
    /// # Errors
    ///
    /// Where the fault changes nothing now, because there is no such record or it has nothing that the
    /// fault could change.
    pub(crate) fn plant(&self, fault: &DataFault) -> Result<(), EmulatorError> {
        let planted = self
            .try_plant(fault)
            .map_err(|reason| EmulatorError::Fault {
                fault: Box::new(fault.clone().into()),
                reason,
            })?;
        Arc::make_mut(&mut self.lock()).push(planted);
        Ok(())
    }

    /// Takes all faults out of the records.
    pub(crate) fn clear_faults(&self) {
        *self.lock() = Arc::default();
    }

    fn try_plant(&self, fault: &DataFault) -> Result<Planted, &'static str> {
        const NO_RECORD: &str = "the API shows no record of that time";
        let (start, granularity) = (fault.start(), fault.granularity());
        let window = (start, start + chrono::TimeDelta::seconds(1));
        let list = self
            .records(fault.resource(), granularity, window, self.clock.now())
            .ok_or("the account has no such SIM")?;
        let position = list
            .buckets
            .positions()
            .find(|position| list.buckets.period(*position).0 == start)
            .ok_or(NO_RECORD)?;
        let copies = list.copies(position);
        if copies == 0 {
            return Err(NO_RECORD);
        }
        let change = match fault.kind() {
            DataFaultKind::Gap if list.faults_at(position).next().is_some() => {
                return Err("another fault is planted in the record");
            }
            DataFaultKind::Gap => Change::at(""),
            DataFaultKind::Duplicate { .. } if copies == COPIES => {
                return Err("the record is sent often enough");
            }
            kind => plant(kind, &mut list.record_at(position, 0))?,
        };
        let (start, end) = list.buckets.period(position);
        Ok(Planted {
            resource: list.resource,
            granularity,
            start,
            end,
            fault: fault.clone(),
            pointer: change.pointer,
            delta: change.delta,
        })
    }

    fn lock(&self) -> MutexGuard<'_, Arc<Vec<Planted>>> {
        // Nothing panics while it holds the lock.
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
