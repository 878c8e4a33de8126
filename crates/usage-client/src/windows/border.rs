//! Delivers a record once that two neighbouring windows, or two pages of one, bring.

use std::{collections::BTreeMap, mem};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use usage_model::UsageRecord;

use crate::{
    Page,
    identity::{self, Delivered, mark, same},
};

/// How far before the end of a window its records are remembered. The server widens windows to whole
/// days, and may take its bounds for inclusive at both ends.
const REACH: TimeDelta = TimeDelta::days(1);

/// A record that came twice with other figures: the data changed between two requests.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Differing {
    /// The record as it was delivered.
    pub delivered: UsageRecord,
    /// The record as it came again, which is not delivered.
    pub again: UsageRecord,
}

/// Remembers what may come again.
#[derive(Debug, Default)]
pub(super) struct Border {
    /// The end of the window before.
    before: Known,
    /// The end of the present window, as far as it came.
    present: Known,
    /// The last page of the present window.
    page: Known,
}

impl Border {
    /// Takes out of a page what was delivered before; gives how many those are, and which were not the same.
    ///
    /// `end` is the end of the window where another window follows, and `more` is set where another page
    /// of this window does.
    pub(super) fn admit(
        &mut self,
        page: &mut Page,
        end: Option<DateTime<Utc>>,
        more: bool,
    ) -> (u64, Vec<Differing>) {
        let mut repeated = 0;
        let mut differing = Vec::new();
        if !self.before.is_empty() || !self.page.is_empty() {
            page.records.retain(|record| {
                let known = [&self.before, &self.page];
                let Some(known) = known.iter().find_map(|known| known.find(record)) else {
                    return true;
                };
                repeated += 1;
                if let (Ok(delivered), Ok(again)) = (known, record)
                    && delivered != again
                {
                    differing.push(Differing {
                        delivered: delivered.clone(),
                        again: again.clone(),
                    });
                }
                false
            });
        }
        if let Some(reach) = end.and_then(|end| end.checked_sub_signed(REACH)) {
            self.present.remember(&page.records, Some(reach));
        }
        if more {
            self.page = Known::default();
            self.page.remember(&page.records, None);
        }
        (repeated, differing)
    }

    /// Goes on to the next window.
    pub(super) fn next_window(&mut self) {
        self.before = mem::take(&mut self.present);
        self.page = Known::default();
    }
}

/// Records by what tells them apart.
#[derive(Debug, Default)]
struct Known {
    records: BTreeMap<u64, Delivered>,
    /// The latest start among them: most records of the next window lie after it, and need not be
    /// looked up.
    latest: Option<DateTime<Utc>>,
}

impl Known {
    fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// Remembers those that end after an instant. Records that do not say when they are cannot be told
    /// apart and are not remembered.
    fn remember(&mut self, records: &[Delivered], after: Option<DateTime<Utc>>) {
        for record in records {
            let wanted = match record {
                Ok(good) => identity::bounds(good).is_some_and(|(start, end)| {
                    let wanted = after.is_none_or(|after| end > after);
                    if wanted {
                        self.latest = self.latest.max(Some(start));
                    }
                    wanted
                }),
                Err(malformed) => states_its_time(&malformed.raw),
            };
            if wanted {
                self.records.insert(mark(record), record.clone());
            }
        }
    }

    fn find(&self, record: &Delivered) -> Option<&Delivered> {
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

/// Whether a record that does not decode says when it is all the same.
fn states_its_time(raw: &str) -> bool {
    let record: Option<Value> = serde_json::from_str(raw).ok();
    let start = record
        .as_ref()
        .and_then(|record| record.pointer("/period/start"));
    start.is_some_and(Value::is_string)
}
