//! A name for a finding that stays the same when the data is fetched again.

use chrono::{DateTime, Utc};
use usage_model::{Field, Timestamp, UsageRecord};

/// Hashes what identifies a finding: 64-bit FNV-1a, because the result is stored and compared by others
/// and so has to be the same in every build.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fingerprint(u64);

/// Offset basis of 64-bit FNV-1a.
const BASIS: u64 = 0xcbf2_9ce4_8422_2325;

/// Prime of 64-bit FNV-1a.
const PRIME: u64 = 0x0000_0100_0000_01b3;

impl Fingerprint {
    /// Starts with the code of a rule.
    pub(crate) fn new(code: &str) -> Self {
        Self(BASIS).part(code)
    }

    /// Adds one part; parts cannot run into each other.
    pub(crate) fn part(self, part: &str) -> Self {
        // No UTF-8 text contains the byte 0xff.
        Self(fnv_1a(self.0, part.bytes().chain([0xff])))
    }

    /// Adds what a record is about; periods by their instants, whatever their spelling.
    pub(crate) fn record(self, record: &UsageRecord) -> Self {
        let period = record.period.value();
        let instant = |bound: Option<&Field<Timestamp>>| {
            bound.and_then(Field::value).map(|bound| bound.instant())
        };
        self.about(
            record.account_sid.value().map_or("", |sid| sid.as_str()),
            record.sim_sid.value().map_or("", |sid| sid.as_str()),
            [
                instant(period.map(|period| &period.start)),
                instant(period.map(|period| &period.end)),
            ],
        )
    }

    /// Adds an account, a SIM and the bounds of a period.
    pub(crate) fn about(
        self,
        account: &str,
        sim: &str,
        bounds: [Option<DateTime<Utc>>; 2],
    ) -> Self {
        bounds
            .into_iter()
            .fold(self.part(account).part(sim), |fingerprint, bound| {
                fingerprint.part(
                    &bound
                        .map(crate::findings::text::instant)
                        .unwrap_or_default(),
                )
            })
    }

    /// The fingerprint as sixteen hexadecimal digits.
    pub(crate) fn finish(self) -> String {
        format!("{:016x}", self.0)
    }
}

fn fnv_1a(basis: u64, bytes: impl Iterator<Item = u8>) -> u64 {
    bytes.fold(basis, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(PRIME)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_fnv_1a() {
        assert_eq!(fnv_1a(BASIS, "foobar".bytes()), 0x8594_4171_f739_67e8);
    }

    #[test]
    fn parts_do_not_run_together() {
        let one = Fingerprint::new("UR201").part("a").part("bc").finish();
        let other = Fingerprint::new("UR201").part("ab").part("c").finish();
        assert_ne!(one, other);
    }
}
