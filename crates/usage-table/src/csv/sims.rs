//! The list of SIMs.

use std::io::{self, Write};

use usage_model::SimRecord;

use crate::{SIM_COLUMNS, SimRow};

use super::{harmless, write_lines};

/// Writes SIMs as CSV, the row of [`SimRow`] for each.
///
/// ```
/// use usage_table::SimCsv;
///
/// let mut csv = SimCsv::default();
/// let mut out = Vec::new();
/// csv.write(&mut out, &serde_json::from_str(r#"{"sid":"DE1","friendly_name":"=1","status":"active"}"#)?)?;
/// csv.finish(&mut out)?;
/// assert_eq!(
///     String::from_utf8(out)?,
///     "sid,name,iccid,status,rate_plan_sid,date_created\nDE1,'=1,,active,,\n"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Default)]
pub struct SimCsv {
    begun: bool,
    with_account: bool,
}

impl SimCsv {
    /// Starts a table of SIMs of several accounts, with the column `account_sid` first.
    pub const fn of_accounts() -> Self {
        Self {
            begun: false,
            with_account: true,
        }
    }

    /// Writes the row of a SIM.
    ///
    /// # Errors
    ///
    /// Fails if `out` does.
    pub fn write(&mut self, out: &mut dyn Write, sim: &SimRecord) -> io::Result<()> {
        self.finish(out)?;
        let row = SimRow::of(sim);
        let account = self.with_account.then_some(row.account_sid);
        let cells = account.into_iter().chain(row.cells);
        write_lines(out, [cells.map(|cell| harmless(&cell.unwrap_or_default()))])
    }

    /// Writes the header where no SIM came before.
    ///
    /// # Errors
    ///
    /// Fails if `out` does.
    pub fn finish(&mut self, out: &mut dyn Write) -> io::Result<()> {
        if std::mem::replace(&mut self.begun, true) {
            return Ok(());
        }
        let account = self.with_account.then_some("account_sid");
        write_lines(out, [account.into_iter().chain(SIM_COLUMNS)])
    }
}
