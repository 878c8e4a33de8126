//! The SIMs of an account, as far as they are known.

use chrono::{DateTime, Utc};
use rusqlite::params;
use usage_model::SimSid;

use super::{Archive, get, instant};
use crate::Error;

/// A SIM that was listed, or whose records were read, at any time.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct KnownSim {
    /// The SIM.
    pub sid: SimSid,
    /// When it was seen for the first time.
    pub first_seen_at: DateTime<Utc>,
    /// When the list had it last; `None` where only its records were read.
    pub last_listed_at: Option<DateTime<Utc>>,
    /// When the list did not have it for the first time after it had; `None` while it is listed.
    pub left_at: Option<DateTime<Utc>>,
    /// Whether nothing was found under its SID after it had left.
    pub is_gone: bool,
    /// Its JSON object as the list had it last; `None` where only its records were read.
    pub object: Option<String>,
}

impl Archive {
    /// Notes the SIMs of an account as they are listed at a time: each with its JSON object.
    ///
    /// If the list is whole, SIMs that were listed before and are not now have left. They stay known.
    ///
    /// # Errors
    ///
    /// Failures of the disk; nothing is noted then.
    pub fn note_sims<'a>(
        &mut self,
        account: &str,
        at: DateTime<Utc>,
        listed: impl IntoIterator<Item = (SimSid, &'a str)>,
        is_whole: bool,
    ) -> Result<(), Error> {
        let account = self.held_account(account)?;
        let mut held = Vec::new();
        for (sid, object) in listed {
            held.push((self.held_sim(&account, sid)?, object));
        }
        let transaction = self.connection.transaction().map_err(Error::sqlite)?;
        for (sid, object) in held {
            transaction.execute(
                "INSERT INTO sim (account_sid, sim_sid, first_seen_at, last_listed_at, object)
                 VALUES (?1, ?2, ?3, ?3, ?4)
                 ON CONFLICT DO UPDATE SET last_listed_at = excluded.last_listed_at, object = excluded.object,
                    left_at = NULL, is_gone = 0",
                params![account, sid.as_str(), at.timestamp(), object],
            ).map_err(Error::sqlite)?;
        }
        if is_whole {
            transaction
                .execute(
                    "UPDATE sim SET left_at = ?2
                 WHERE account_sid = ?1 AND last_listed_at < ?2 AND left_at IS NULL",
                    params![account, at.timestamp()],
                )
                .map_err(Error::sqlite)?;
        }
        transaction.commit().map_err(Error::sqlite)
    }

    /// Notes that nothing is found any more under the SID of a SIM that has left.
    ///
    /// # Errors
    ///
    /// Failures of the disk.
    pub fn note_gone_sim(&mut self, account: &str, sim: SimSid) -> Result<(), Error> {
        let account = self.held_account(account)?;
        let sim = self.held_sim(&account, sim)?;
        self.connection
            .execute(
                "UPDATE sim SET is_gone = 1 WHERE account_sid = ?1 AND sim_sid = ?2",
                params![account, sim.as_str()],
            )
            .map_err(Error::sqlite)?;
        Ok(())
    }

    /// Returns every SIM of an account that was ever seen, in the order of their SIDs.
    ///
    /// # Errors
    ///
    /// Failures of the disk.
    pub fn known_sims(&self, account: &str) -> Result<Vec<KnownSim>, Error> {
        let account = self.held_account(account)?;
        let mut statement = self.connection.prepare_cached(
            "SELECT sim_sid, first_seen_at, last_listed_at, left_at, is_gone, object FROM sim WHERE account_sid = ?1 ORDER BY sim_sid",
        ).map_err(Error::sqlite)?;
        let mut rows = statement.query([account]).map_err(Error::sqlite)?;
        let mut sims = Vec::new();
        while let Some(row) = rows.next().map_err(Error::sqlite)? {
            let sid: String = get(row, 0)?;
            let sid = sid
                .parse()
                .map_err(|_| Error::corrupt("a SIM has no valid SID"))?;
            let listed: Option<i64> = get(row, 2)?;
            let left: Option<i64> = get(row, 3)?;
            sims.push(KnownSim {
                sid,
                first_seen_at: instant(get(row, 1)?)?,
                last_listed_at: listed.map(instant).transpose()?,
                left_at: left.map(instant).transpose()?,
                is_gone: get(row, 4)?,
                object: get(row, 5)?,
            });
        }
        Ok(sims)
    }
}
