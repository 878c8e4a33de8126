//! Rules as indices, for counting without looking anything up.

use super::{CATALOGUE, Rule};

/// A rule, by its index in the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RuleId(u8);

impl RuleId {
    pub(crate) const MALFORMED_DOCUMENT: Self = Self(0);
    pub(crate) const MALFORMED_RECORD: Self = Self(1);
    pub(crate) const MISSING_MEMBER: Self = Self(2);
    pub(crate) const NULL_COUNTER: Self = Self(3);
    pub(crate) const UNKNOWN_MEMBER: Self = Self(4);
    pub(crate) const SID_PATTERN: Self = Self(5);
    pub(crate) const UNIT: Self = Self(6);
    pub(crate) const COUNTRY_ENTRY: Self = Self(7);
    pub(crate) const NETWORK_SUM: Self = Self(8);
    pub(crate) const DIRECTION_SUM: Self = Self(9);
    pub(crate) const BREAKDOWN_MISSING: Self = Self(10);
    pub(crate) const PART_EXCEEDS_WHOLE: Self = Self(11);
    pub(crate) const INTERNATIONAL_OUTSIDE_TOTAL: Self = Self(12);
    pub(crate) const INTERNATIONAL_POLICY_INCONSISTENT: Self = Self(13);
    pub(crate) const PERIOD_REVERSED: Self = Self(14);
    pub(crate) const PERIOD_ALIGNMENT: Self = Self(15);
    pub(crate) const FUTURE_PERIOD: Self = Self(16);
    pub(crate) const RETENTION_EXPIRED: Self = Self(17);
    pub(crate) const RETENTION_PARTIAL: Self = Self(18);
    pub(crate) const RETENTION_SOON: Self = Self(19);
    pub(crate) const UNREFLECTED: Self = Self(20);
    pub(crate) const SETTLING: Self = Self(21);
    pub(crate) const DUPLICATE_IDENTICAL: Self = Self(22);
    pub(crate) const DUPLICATE_CONFLICTING: Self = Self(23);
    pub(crate) const OVERLAP: Self = Self(24);
    pub(crate) const GAP: Self = Self(25);
    pub(crate) const OUT_OF_ORDER: Self = Self(26);
    pub(crate) const MIXED_ACCOUNT: Self = Self(27);
    pub(crate) const MIXED_GRANULARITY: Self = Self(28);
    pub(crate) const OUTSIDE_WINDOW: Self = Self(29);
    pub(crate) const WINDOW_UNCOVERED: Self = Self(30);
    pub(crate) const WINDOW_PAST_RETENTION: Self = Self(31);
    pub(crate) const INCOMPLETE_FETCH: Self = Self(32);
    pub(crate) const FINDINGS_CAPPED: Self = Self(33);
    pub(crate) const NOT_EVALUATED: Self = Self(34);

    /// The rules that need more of a list than one record: on what follows what, and on all together.
    pub(crate) const ON_LISTS: [Self; 9] = [
        Self::INTERNATIONAL_POLICY_INCONSISTENT,
        Self::DUPLICATE_IDENTICAL,
        Self::DUPLICATE_CONFLICTING,
        Self::OVERLAP,
        Self::GAP,
        Self::OUT_OF_ORDER,
        Self::MIXED_ACCOUNT,
        Self::MIXED_GRANULARITY,
        Self::WINDOW_UNCOVERED,
    ];

    /// How many rules there are.
    pub(crate) const COUNT: usize = 35;

    /// The index in the catalogue.
    pub(crate) fn index(self) -> usize {
        usize::from(self.0)
    }

    /// The rule itself.
    pub(crate) fn rule(self) -> &'static Rule {
        &CATALOGUE[self.index()]
    }
}
