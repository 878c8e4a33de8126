//! Delivers a record once that two neighbouring windows bring, or two pieces or pages of one.

use std::mem;

use chrono::{DateTime, TimeDelta, Utc};
use usage_model::UsageRecord;

use crate::{
    Page,
    paging::{dedup::Known, identity::Delivered},
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
pub(super) struct WindowDedup {
    /// The end of the list before: of another window, or of a piece of the same one.
    before: Known,
    /// The end of the present list, as far as it came.
    present: Known,
    /// The last page of the present list with records that can be told apart.
    page: Known,
}

impl WindowDedup {
    /// Takes out of a page what was delivered before; gives how many those are, and which were not the same.
    ///
    /// `end` is where the window of the list ends, if another list follows, and `more` is set where another
    /// page of this list does.
    pub(super) fn admit(
        &mut self,
        page: &mut Page,
        end: Option<DateTime<Utc>>,
        more: bool,
    ) -> (u64, Vec<Differing>) {
        // As they were delivered. They came with this page too, and may come with the next.
        let mut again: Vec<Delivered> = Vec::new();
        let mut differing = Vec::new();
        if !self.before.is_empty() || !self.page.is_empty() {
            page.records.retain(|record| {
                let known = [&self.before, &self.page];
                let Some(known) = known.iter().find_map(|known| known.find(record)) else {
                    return true;
                };
                again.push(known.clone());
                if let (Ok(delivered), Ok(other)) = (known, record)
                    && delivered != other
                {
                    differing.push(Differing {
                        delivered: delivered.clone(),
                        again: other.clone(),
                    });
                }
                false
            });
        }
        if let Some(reach) = end.and_then(|end| end.checked_sub_signed(REACH)) {
            self.present.remember(&page.records, Some(reach));
            self.present.remember(&again, Some(reach));
        }
        if more {
            let mut last = Known::default();
            last.remember(&page.records, None);
            last.remember(&again, None);
            if !last.is_empty() {
                self.page = last;
            }
        }
        (u64::try_from(again.len()).unwrap_or(u64::MAX), differing)
    }

    /// Goes on to the list of the next window or piece.
    pub(super) fn next_list(&mut self) {
        self.before = mem::take(&mut self.present);
        self.page = Known::default();
    }
}

#[cfg(test)]
mod tests;
