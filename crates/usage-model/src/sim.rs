//! The SIMs of an account, as the API lists them.

mod page;

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{DeserializeOwned, Error, MapAccess, Visitor},
    ser::SerializeMap,
};
use serde_json::value::RawValue;

use crate::{
    AccountSid, Field, Lenient, RatePlanSid, RawJson, SimSid, Timestamp, UnknownMembers, named,
    write,
};

pub use page::{MalformedSim, SimPage};

/// A SIM as the list of an account's SIMs shows it, `GET /v1/Sims`.
///
/// Any member may be missing or null, and members that are not known are kept. `iccid` and `unique_name` identify a
/// device: treat them as personal data. [`Debug`](fmt::Debug) shows neither, and of unknown members only the names.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SimRecord {
    /// The identifier of the SIM.
    pub sid: Field<Lenient<SimSid>>,
    /// A name that the customer gave, unique in the account; may stand in place of the SID in a path.
    pub unique_name: Field<String>,
    /// A name that the customer gave, for people.
    pub friendly_name: Field<String>,
    /// The account that the SIM belongs to.
    pub account_sid: Field<Lenient<AccountSid>>,
    /// What the SIM may do.
    pub status: Field<Lenient<SimStatus>>,
    /// The rate plan that the SIM is on.
    pub rate_plan_sid: Field<Lenient<RatePlanSid>>,
    /// The number of the card, up to 20 digits.
    pub iccid: Field<String>,
    /// When the SIM was added to the account.
    pub date_created: Field<Lenient<Timestamp>>,
    /// When the SIM was changed last.
    pub date_updated: Field<Lenient<Timestamp>>,
    /// The addresses of what belongs to the SIM.
    pub links: Field<SimLinks>,
    /// Members of this object that are not known.
    pub unknown: UnknownMembers,
}

/// The member `links` of a SIM.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SimLinks {
    /// The address of the usage records of the SIM.
    pub usage_records: Field<String>,
    /// Members of this object that are not known.
    pub unknown: UnknownMembers,
}

/// What a SIM may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum SimStatus {
    /// Registered and not yet used.
    New,
    /// May connect for a first test, without being billed.
    Ready,
    /// May connect.
    Active,
    /// May not connect for now; its usage may still arrive late.
    Suspended,
    /// May not connect.
    Deactivated,
    /// May never connect again.
    Canceled,
    /// Will change its status.
    Scheduled,
    /// Is changing its status.
    Updating,
}

named!(pub SimStatus, "a status of a SIM", {
    New: "new",
    Ready: "ready",
    Active: "active",
    Suspended: "suspended",
    Deactivated: "deactivated",
    Canceled: "canceled",
    Scheduled: "scheduled",
    Updating: "updating",
});

impl fmt::Debug for SimRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.unknown.iter().map(|(name, _)| name).collect();
        f.debug_struct("SimRecord")
            .field("sid", &self.sid)
            .field("unique_name", &self.unique_name.as_ref().map(|_| Hidden))
            .field("friendly_name", &self.friendly_name)
            .field("account_sid", &self.account_sid)
            .field("status", &self.status)
            .field("rate_plan_sid", &self.rate_plan_sid)
            .field("iccid", &self.iccid.as_ref().map(|_| Hidden))
            .field("date_created", &self.date_created)
            .field("date_updated", &self.date_updated)
            .field("links", &self.links)
            .field("unknown", &names)
            .finish()
    }
}

/// Stands for personal data where it is not to be shown.
struct Hidden;

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("hidden")
    }
}

impl Serialize for SimRecord {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        write::member(&mut map, "sid", &self.sid)?;
        write::member(&mut map, "unique_name", &self.unique_name)?;
        write::member(&mut map, "friendly_name", &self.friendly_name)?;
        write::member(&mut map, "account_sid", &self.account_sid)?;
        write::member(&mut map, "status", &self.status)?;
        write::member(&mut map, "rate_plan_sid", &self.rate_plan_sid)?;
        write::member(&mut map, "iccid", &self.iccid)?;
        write::member(&mut map, "date_created", &self.date_created)?;
        write::member(&mut map, "date_updated", &self.date_updated)?;
        write::member(&mut map, "links", &self.links)?;
        write::unknown_members(&mut map, &self.unknown)?;
        map.end()
    }
}

impl Serialize for SimLinks {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        write::member(&mut map, "usage_records", &self.usage_records)?;
        write::unknown_members(&mut map, &self.unknown)?;
        map.end()
    }
}

/// What is wrong with an object: the pointer of a member in it, and what should stand there.
type Problem = (String, &'static str);

impl SimRecord {
    fn read(text: &str) -> Result<Self, Problem> {
        let mut sim = Self::default();
        for (name, value) in members(text, "a SIM, which is an object")? {
            match name.as_str() {
                "sid" => leaf(&mut sim.sid, &name, value),
                "unique_name" => leaf(&mut sim.unique_name, &name, value),
                "friendly_name" => leaf(&mut sim.friendly_name, &name, value),
                "account_sid" => leaf(&mut sim.account_sid, &name, value),
                "status" => leaf(&mut sim.status, &name, value),
                "rate_plan_sid" => leaf(&mut sim.rate_plan_sid, &name, value),
                "iccid" => leaf(&mut sim.iccid, &name, value),
                "date_created" => leaf(&mut sim.date_created, &name, value),
                "date_updated" => leaf(&mut sim.date_updated, &name, value),
                "links" => SimLinks::read(value.get())
                    .map_err(|(pointer, expected)| (format!("/links{pointer}"), expected))
                    .and_then(|links| place(&mut sim.links, &name, links)),
                _ => keep(&mut sim.unknown, &name, value),
            }?;
        }
        Ok(sim)
    }
}

impl SimLinks {
    /// `None` for null.
    fn read(text: &str) -> Result<Option<Self>, Problem> {
        if text == "null" {
            return Ok(None);
        }
        let mut links = Self::default();
        for (name, value) in members(text, "an object, or null")? {
            match name.as_str() {
                "usage_records" => leaf(&mut links.usage_records, &name, value),
                _ => keep(&mut links.unknown, &name, value),
            }?;
        }
        Ok(Some(links))
    }
}

/// The members of an object in their order.
struct Members<'a>(Vec<(String, &'a RawValue)>);

fn members<'a>(
    text: &'a str,
    expected: &'static str,
) -> Result<Vec<(String, &'a RawValue)>, Problem> {
    match serde_json::from_str::<Members<'_>>(text) {
        Ok(Members(members)) => Ok(members),
        Err(_) => Err((String::new(), expected)),
    }
}

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Object)
    }
}

fn leaf<T: DeserializeOwned>(
    slot: &mut Field<T>,
    name: &str,
    value: &RawValue,
) -> Result<(), Problem> {
    let value = serde_json::from_str(value.get())
        .map_err(|_| (crate::pointer_segment(name), "a string, or null"))?;
    place(slot, name, value)
}

fn place<T>(slot: &mut Field<T>, name: &str, value: Option<T>) -> Result<(), Problem> {
    if !slot.is_absent() {
        return Err((crate::pointer_segment(name), ONCE));
    }
    *slot = value.map_or(Field::Null, Field::Value);
    Ok(())
}

fn keep(unknown: &mut UnknownMembers, name: &str, value: &RawValue) -> Result<(), Problem> {
    if unknown.insert(name, RawJson::trusted(value.get())) {
        Ok(())
    } else {
        Err((crate::pointer_segment(name), ONCE))
    }
}

const ONCE: &str = "each member once";

impl<'de> Deserialize<'de> for SimRecord {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        Self::read(raw.get()).map_err(|(pointer, expected)| {
            let place = if pointer.is_empty() {
                "the SIM"
            } else {
                &pointer
            };
            D::Error::custom(format_args!("at {place}: expected {expected}"))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) const SIM: &str = concat!(
        r#"{"sid":"DEcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd","unique_name":"meter-17","friendly_name":"Meter 17","#,
        r#""account_sid":"ACabababababababababababababababab","status":"active","#,
        r#""rate_plan_sid":"WPefefefefefefefefefefefefefefefef","iccid":"8988303000000000017","#,
        r#""date_created":"2026-03-05T00:00:00Z","date_updated":null,"#,
        r#""links":{"usage_records":"https://usage.example/v1/Sims/DE/UsageRecords","rate_plan":"x"},"#,
        r#""ip_address":"192.0.2.17"}"#,
    );

    #[test]
    fn a_sim_is_written_as_it_was_read() {
        for text in [
            SIM,
            "{}",
            r#"{"sid":"DEXXXX","status":"lost","date_created":"yesterday"}"#,
        ] {
            let sim: SimRecord = serde_json::from_str(text).unwrap();
            assert_eq!(serde_json::to_string(&sim).unwrap(), text);
        }
    }

    #[test]
    fn members_are_typed_where_they_keep_to_their_form() {
        let sim: SimRecord = serde_json::from_str(SIM).unwrap();
        let status = sim.status.value().and_then(Lenient::known);
        assert_eq!(status, Some(&SimStatus::Active));
        assert!(sim.date_updated.is_null());
        let created = sim.date_created.value().and_then(Lenient::known).unwrap();
        assert_eq!(created.to_string(), "2026-03-05T00:00:00Z");
        assert!(sim.links.value().unwrap().usage_records.is_value());
        assert_eq!(sim.unknown.len(), 1);
    }

    #[test]
    fn personal_data_is_not_shown_for_debugging() {
        let sim: SimRecord = serde_json::from_str(SIM).unwrap();
        let shown = format!("{sim:#?}");
        for secret in ["8988303000000000017", "meter-17", "192.0.2.17"] {
            assert!(SIM.contains(secret) && !shown.contains(secret), "{shown}");
        }
        for part in ["Meter 17", "DEcdcd", "ip_address", "hidden"] {
            assert!(shown.contains(part), "{shown}");
        }
    }
}
