//! What a summary is grouped by.

use usage_model::Named;

use crate::{By, MonthStart};

use super::reading::Nodes;

/// What a summary is grouped by.
///
/// ```
/// use usage_table::{By, SummaryOptions};
///
/// assert!(SummaryOptions::new(&[By::Month, By::Network]).is_ok());
/// assert!(SummaryOptions::new(&[By::Month, By::Month]).is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SummaryOptions {
    /// The columns, in the order of the table.
    pub(super) by: Vec<By>,
    /// The day on which months begin.
    pub month_start: MonthStart,
}

impl SummaryOptions {
    /// Groups by these columns, in this order; by none, all records are one group.
    ///
    /// # Errors
    ///
    /// Fails if a column stands twice.
    pub fn new(by: &[By]) -> Result<Self, RepeatedColumn> {
        let mut rest = by;
        while let Some((first, others)) = rest.split_first() {
            if others.contains(first) {
                return Err(RepeatedColumn(first.name()));
            }
            rest = others;
        }
        Ok(Self {
            by: by.to_owned(),
            month_start: MonthStart::default(),
        })
    }

    /// Groups by one column.
    pub fn one(by: By) -> Self {
        Self {
            by: vec![by],
            month_start: MonthStart::default(),
        }
    }

    /// Returns the columns, in the order of the table.
    pub fn by(&self) -> &[By] {
        &self.by
    }

    pub(super) fn nodes(&self) -> Nodes {
        if self.by.iter().any(|by| by.is_share()) {
            Nodes::Shares
        } else {
            Nodes::Top
        }
    }
}

/// A column that stands twice among those to group by.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the column {0} stands twice")]
pub struct RepeatedColumn(&'static str);
