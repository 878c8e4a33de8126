//! The SIMs of an account, as far as they are known.

use chrono::{DateTime, Utc};
use rusqlite::params;
use usage_model::SimSid;

use super::{Archive, instant};
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
}

impl Archive {
    /// Notes the SIMs of an account as they are listed at a time: each with its JSON object.
    ///
    /// SIMs that are listed no more stay known.
    ///
    /// # Errors
    ///
    /// Failures of the disk; nothing is noted then.
    pub fn note_sims<'a>(
        &mut self,
        account: &str,
        at: DateTime<Utc>,
        listed: impl IntoIterator<Item = (SimSid, &'a str)>,
    ) -> Result<(), Error> {
        let transaction = self.connection.transaction()?;
        for (sid, object) in listed {
            transaction.execute(
                "INSERT INTO sim (account_sid, sim_sid, first_seen_at, last_listed_at, object)
                 VALUES (?1, ?2, ?3, ?3, ?4)
                 ON CONFLICT DO UPDATE SET last_listed_at = excluded.last_listed_at, object = excluded.object",
                params![account, sid.as_str(), at.timestamp(), object],
            )?;
        }
        Ok(transaction.commit()?)
    }

    /// Every SIM of an account that was ever seen, in the order of their SIDs.
    ///
    /// # Errors
    ///
    /// Failures of the disk.
    pub fn known_sims(&self, account: &str) -> Result<Vec<KnownSim>, Error> {
        let mut statement = self.connection.prepare_cached(
            "SELECT sim_sid, first_seen_at, last_listed_at FROM sim WHERE account_sid = ?1 ORDER BY sim_sid",
        )?;
        let mut rows = statement.query([account])?;
        let mut sims = Vec::new();
        while let Some(row) = rows.next()? {
            let sid: String = row.get(0)?;
            let sid = sid
                .parse()
                .map_err(|_| Error::corrupt("a SIM has no valid SID"))?;
            let listed: Option<i64> = row.get(2)?;
            sims.push(KnownSim {
                sid,
                first_seen_at: instant(row.get(1)?)?,
                last_listed_at: listed.map(instant).transpose()?,
            });
        }
        Ok(sims)
    }
}
