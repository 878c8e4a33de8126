//! The usage record.

use crate::{
    AccountSid, CommandCounts, Counts, DataCounts, Field, Lenient, Period, RawJson, SimSid,
    UnknownMembers, Usage, pointer_segment,
};

/// What an account, or one SIM, used in one period.
///
/// Reading keeps every member in the state in which it came, including unknown ones, and writing gives
/// it back. Only this is not kept: the order of members, white space, and how a string is escaped. Amounts and
/// timestamps keep their spelling, and so do the values of unknown members.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(transform = crate::record::schema::all_optional))]
#[cfg_attr(
    feature = "schema",
    schemars(
        description = "What an account, or one SIM, used in one period. Any member may be missing \
                            or null; members that are not listed here are kept as they came."
    )
)]
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
    /// Returns a record of an account.
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

    /// Returns whether any known member, at whatever depth, has a value.
    ///
    /// An object without one, such as the body of an error or `{"data":null}`, is not read as a record: null and
    /// empty members say nothing, and unknown ones may be anything. Nor is the body of an error a record, which has a
    /// `message` with a `code` or `status`, where it only says besides whose error it is.
    ///
    /// ```
    /// use usage_model::UsageRecord;
    ///
    /// let has_values = |text| serde_json::from_str(text).map(|record: UsageRecord| record.has_values());
    /// assert!(has_values(r#"{"account_sid":"AC1","data":null}"#)?);
    /// assert!(has_values(r#"{"data":{"home":{"total":0}}}"#)?);
    /// assert!(!has_values(r#"{"data":{"home":{"total":null}},"status":500}"#)?);
    /// assert!(!has_values(r#"{"account_sid":"AC1","code":20003,"message":"Authenticate"}"#)?);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn has_values(&self) -> bool {
        self.period.value().is_some_and(Period::has_values)
            || self.commands.value().is_some_and(Usage::has_values)
            || self.data.value().is_some_and(Usage::has_values)
            || (self.account_sid.is_value() || self.sim_sid.is_value()) && !self.is_error()
    }

    /// Whether the unknown members are those of the body of an error.
    fn is_error(&self) -> bool {
        let has = |name| self.unknown.get(name).is_some();
        has("message") && (has("code") || has("status"))
    }

    /// Returns every member of the record that is not known: its JSON pointer within the record, and its value.
    ///
    /// Record and period first, then the nodes of `commands` and `data`, each in the order of
    /// [`Usage::nodes`]; within one object in the order in which the members came.
    ///
    /// ```
    /// use usage_model::UsageRecord;
    ///
    /// let record: UsageRecord = serde_json::from_str(r#"{"data":{"home":{"5g/upload":1}},"tag":"x"}"#)?;
    /// let found: Vec<(String, &str)> = record
    ///     .unknown_members()
    ///     .into_iter()
    ///     .map(|(pointer, value)| (pointer, value.as_str()))
    ///     .collect();
    /// assert_eq!(
    ///     found,
    ///     [("/tag".to_owned(), r#""x""#), ("/data/home/5g~1upload".to_owned(), "1")]
    /// );
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn unknown_members(&self) -> Vec<(String, &RawJson)> {
        let mut found = Vec::new();
        list(&self.unknown, String::new, &mut found);
        if let Some(period) = self.period.value() {
            list(&period.unknown, || "/period".to_owned(), &mut found);
        }
        if let Some(tree) = self.commands.value() {
            list_tree(tree, &mut found);
        }
        if let Some(tree) = self.data.value() {
            list_tree(tree, &mut found);
        }
        found
    }
}

fn list_tree<'a, C: Counts>(tree: &'a Usage<C>, found: &mut Vec<(String, &'a RawJson)>) {
    for (path, node) in tree.nodes() {
        list(&node.unknown, || path.pointer(C::KIND), found);
    }
}

fn list<'a>(
    members: &'a UnknownMembers,
    object: impl Fn() -> String,
    found: &mut Vec<(String, &'a RawJson)>,
) {
    found.extend(
        members
            .iter()
            .map(|(name, value)| (object() + &pointer_segment(name), value)),
    );
}
