//! The usage record.

use crate::{
    AccountSid, CommandCounts, DataCounts, Field, Lenient, Period, SimSid, UnknownMembers, Usage,
};

/// What an account, or one SIM, used in one period.
///
/// Reading keeps every member in the state in which it came, including unknown ones, and writing gives
/// it back. Member order, the spelling of numbers and white space are the only things not kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(transform = crate::schema::all_optional))]
#[non_exhaustive]
pub struct UsageRecord {
    /// The account that the usage belongs to; AC and 32 hexadecimal digits, redacted in published samples.
    pub account_sid: Field<Lenient<AccountSid>>,
    /// The SIM that the usage belongs to; only in the records of a single SIM.
    pub sim_sid: Field<Lenient<SimSid>>,
    /// The time that the figures are for.
    pub period: Field<Period>,
    /// Usage of Commands, counted in Commands.
    pub commands: Field<Usage<CommandCounts>>,
    /// Usage of data, counted in the unit of each node, bytes in every response seen.
    pub data: Field<Usage<DataCounts>>,
    /// Members of this object that are not known.
    #[cfg_attr(feature = "schema", schemars(skip))]
    pub unknown: UnknownMembers,
}

impl UsageRecord {
    /// A record of an account.
    pub fn new(
        account: AccountSid,
        period: Period,
        commands: Usage<CommandCounts>,
        data: Usage<DataCounts>,
    ) -> Self {
        Self {
            account_sid: Field::Value(Lenient::Known(account)),
            sim_sid: Field::Absent,
            period: Field::Value(period),
            commands: Field::Value(commands),
            data: Field::Value(data),
            unknown: UnknownMembers::NONE,
        }
    }
}
