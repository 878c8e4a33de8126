//! SIDs that differ in the case of digits alone are one: the archive keeps the spelling that came first.

use rusqlite::{OptionalExtension as _, params};
use usage_model::{AccountSid, SimSid};

use super::Archive;
use crate::{Error, key::Series};

/// The query for a SIM of an account as it is held.
const HELD_SIM: &str =
    "SELECT sim_sid FROM sim WHERE account_sid = ?1 AND sim_sid = ?2 COLLATE NOCASE
    ORDER BY sim_sid <> ?2, sim_sid LIMIT 1";

impl Archive {
    /// Returns the account as it is held: in the spelling that came first, or in this one where it is not known.
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
            .prepare_cached(HELD_SIM)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sim_is_found_by_its_sid_whatever_the_case_and_without_the_index_too() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let mut archive = Archive::open(&path).unwrap();
        let (account, at) = ("AC1", "2026-06-01T00:00:00Z".parse().unwrap());
        let sim = |sid: &str| sid.parse::<SimSid>().unwrap();
        let lower = sim("DE0000000000000000000000000000000a");
        let upper = sim("DE0000000000000000000000000000000A");
        archive
            .note_sims(account, at, [(lower, "{}")], true)
            .unwrap();
        let plan = archive.query_plan(HELD_SIM, (account, upper.as_str()));
        assert!(plan.contains("account_sid=? AND sim_sid=?"), "{plan}");
        assert_eq!(archive.held_sim(account, upper).unwrap(), lower);
        // The first files of this schema do not have it.
        let drop_index = "DROP INDEX sim_by_sid";
        archive.connection.execute_batch(drop_index).unwrap();
        drop(archive);
        let archive = Archive::open(&path).unwrap();
        assert_eq!(archive.held_sim(account, upper).unwrap(), lower);
    }
}
