//! The account as the API shows it: the world's usage as records, with the faults planted in them.

use std::ops::Range;

use chrono::{DateTime, Utc};
use usage_model::{Granularity, UsageRecord};

use crate::{
    buckets::Buckets,
    clock::Clock,
    error::EmulatorError,
    fault::{Change, DataFault, plant},
    planted::Planted,
    record::usage_record,
    resource::Resource,
    world::{Subject, World},
};

/// The account, its time and the faults in its records.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub(crate) world: World,
    pub(crate) clock: Clock,
    pub(crate) faults: Vec<DataFault>,
}

/// A list of records: those of a resource, for the periods of a query.
#[derive(Debug)]
pub(crate) struct RecordList<'a> {
    account: &'a Account,
    resource: Resource,
    subject: Subject,
    granularity: Granularity,
    buckets: Buckets,
    now: DateTime<Utc>,
}

impl Account {
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
            now,
        })
    }

    /// What every data fault changes, in the order of the faults.
    ///
    /// # Errors
    ///
    /// Where a fault changes nothing at `now`, because there is no such record or it has nothing that
    /// the fault could change.
    pub(crate) fn planted(&self) -> Result<Vec<Planted>, EmulatorError> {
        let changes = self.faults.iter().enumerate().map(|(index, fault)| {
            let earlier = self.faults.get(..index).unwrap_or_default();
            self.plant_after(earlier, fault)
                .map_err(|reason| EmulatorError::Fault {
                    fault: Box::new(fault.clone().into()),
                    reason,
                })
        });
        changes.collect()
    }

    fn plant_after(
        &self,
        earlier: &[DataFault],
        fault: &DataFault,
    ) -> Result<Planted, &'static str> {
        let (start, granularity) = (fault.start(), fault.granularity());
        let window = (start, start + chrono::TimeDelta::seconds(1));
        let list = self
            .records(fault.resource(), granularity, window, self.clock.now())
            .ok_or("the account has no such SIM")?;
        let position = list
            .positions()
            .find(|position| list.buckets.period(*position).0 == start)
            .ok_or("the API shows no record of that time")?;
        let mut record = list.truth(position);
        for other in earlier.iter().filter(|other| list.has(other, start)) {
            plant(other.kind(), &mut record)?;
        }
        let Change { pointer, delta } = plant(fault.kind(), &mut record)?;
        let (start, end) = list.buckets.period(position);
        Ok(Planted {
            resource: list.resource,
            granularity,
            start,
            end,
            fault: fault.clone(),
            pointer,
            delta,
        })
    }
}

impl RecordList<'_> {
    /// The positions of the records, in the order of time.
    pub(crate) fn positions(&self) -> Range<i64> {
        self.buckets.positions()
    }

    /// Whose records they are.
    pub(crate) const fn resource(&self) -> Resource {
        self.resource
    }

    /// The record at a position, with the faults planted in it.
    pub(crate) fn record(&self, position: i64) -> UsageRecord {
        let mut record = self.truth(position);
        let (start, _) = self.buckets.period(position);
        for fault in self
            .account
            .faults
            .iter()
            .filter(|fault| self.has(fault, start))
        {
            // That every fault can be planted was made sure of at the start.
            let _planted = plant(fault.kind(), &mut record);
        }
        record
    }

    fn truth(&self, position: i64) -> UsageRecord {
        let world = &self.account.world;
        let usage = world.usage(self.subject, self.buckets.hours(position), self.now);
        usage_record(world, self.resource, self.buckets.period(position), &usage)
    }

    fn has(&self, fault: &DataFault, start: DateTime<Utc>) -> bool {
        fault.start() == start
            && fault.granularity() == self.granularity
            && fault.resource() == self.resource
    }
}
