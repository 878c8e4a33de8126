//! Records that came before, to know them when they come again.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::paging::identity::{self, Delivered, mark, same, states_its_time};

/// Records by what tells them apart.
#[derive(Debug, Default)]
pub(crate) struct Known {
    records: BTreeMap<u64, Delivered>,
    /// The latest start among them: most records of the next window lie after it, and need not be
    /// looked up.
    latest: Option<DateTime<Utc>>,
}

impl Known {
    pub(crate) fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// Remembers those that end after an instant, and malformed ones. Records that do not say when they are
    /// cannot be told apart and are not remembered.
    pub(crate) fn remember(&mut self, records: &[Delivered], after: Option<DateTime<Utc>>) {
        for record in records {
            let wanted = match record {
                Ok(good) => identity::bounds(good).is_some_and(|(start, end)| {
                    let wanted = after.is_none_or(|after| end > after);
                    if wanted {
                        self.latest = self.latest.max(Some(start));
                    }
                    wanted
                }),
                Err(_) => states_its_time(record),
            };
            if wanted {
                self.records.insert(mark(record), record.clone());
            }
        }
    }

    pub(crate) fn find(&self, record: &Delivered) -> Option<&Delivered> {
        if self.is_empty() {
            return None;
        }
        if let Ok(record) = record {
            let (start, _) = identity::bounds(record)?;
            if Some(start) > self.latest {
                return None;
            }
        }
        let known = self.records.get(&mark(record))?;
        same(known, record).then_some(known)
    }
}
