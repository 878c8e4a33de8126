//! Under which spelling of their SIDs accounts and SIMs are held.
//!
//! SIDs that differ in the case of digits alone are one, and the archive keeps the spelling that came first.

use rusqlite::{OptionalExtension as _, params};
use usage_model::{AccountSid, SimSid};

use super::Archive;
use crate::{Error, key::Series};

impl Archive {
    /// The account as it is held: in the spelling that came first, or in this one where it is not known.
    ///
    /// # Errors
    ///
    /// Failures of the disk.
    pub fn held_account(&self, account: &str) -> Result<String, Error> {
        if account.parse::<AccountSid>().is_err() {
            // What is no SID is compared as it is.
            return Ok(account.to_owned());
        }
        let mut statement = self
            .connection
            .prepare_cached(
                "SELECT account_sid FROM account WHERE account_sid = ?1 COLLATE NOCASE
             ORDER BY account_sid <> ?1, account_sid LIMIT 1",
            )
            .map_err(Error::sqlite)?;
        let held = statement.query_row([account], |row| row.get(0));
        Ok(held
            .optional()
            .map_err(Error::sqlite)?
            .unwrap_or_else(|| account.to_owned()))
    }

    /// The SIM of an account as it is held, in the same way; the account as it is held.
    pub(crate) fn held_sim(&self, account: &str, sim: SimSid) -> Result<SimSid, Error> {
        let mut statement = self
            .connection
            .prepare_cached(
                "SELECT sim_sid FROM sim WHERE account_sid = ?1 AND sim_sid = ?2 COLLATE NOCASE
             ORDER BY sim_sid <> ?2, sim_sid LIMIT 1",
            )
            .map_err(Error::sqlite)?;
        let held = statement.query_row(params![account, sim.as_str()], |row| row.get(0));
        let held: Option<String> = held.optional().map_err(Error::sqlite)?;
        Ok(held.and_then(|held| held.parse().ok()).unwrap_or(sim))
    }

    /// The series as it is held, in the same way.
    pub(crate) fn held_series(&self, series: &Series) -> Result<Series, Error> {
        let account = self.held_account(&series.account)?;
        let sim = series.sim.map(|sim| self.held_sim(&account, sim));
        Ok(Series::new(account, sim.transpose()?, series.granularity))
    }
}
