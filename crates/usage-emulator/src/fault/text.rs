//! The text form of faults, which is also how they are made.

use std::{fmt, str::FromStr, sync::Arc};

use chrono::{DateTime, Utc};
use usage_model::{Granularity, Resource, SimSid, Timestamp, nearest};

use super::{
    arguments::{Arguments, Expected},
    catalogue::ENTRIES,
    entry::{Effect, Entry, RecordEffect, RequestEffect},
    help::{form, grammar},
    when::{Endpoint, REQUEST, When},
};

/// What is expected after the name of a fault in a record.
const TIME: Expected = "a day like 2026-03-05 or an hour like 2026-03-05T07 after the name";

/// A way in which the emulator misbehaves on purpose.
///
/// A fault is made from its text form, which [`Display`](fmt::Display) gives back; [`Fault::grammar`]
/// describes it.
///
/// ```
/// use usage_emulator::Fault;
///
/// let fault: Fault = "wrong-sum:2026-03-05:data.home.download:+1000".parse()?;
/// assert_eq!(fault.name(), "wrong-sum");
/// let fault: Fault = "status:429@3x2;retry-after=1".parse()?;
/// assert_eq!(fault.to_string(), "status:429@3x2;retry-after=1");
/// # Ok::<(), usage_emulator::FaultError>(())
/// ```
#[derive(Clone)]
pub struct Fault {
    text: Arc<str>,
    entry: &'static Entry,
    kind: FaultKind,
}

/// What a fault concerns, and what it does.
#[derive(Clone, Debug)]
pub(super) enum FaultKind {
    /// One record.
    Record {
        resource: Resource,
        granularity: Granularity,
        start: DateTime<Utc>,
        effect: Arc<RecordEffect>,
    },
    /// Some requests.
    Request {
        endpoint: Endpoint,
        when: When,
        effects: Arc<[RequestEffect]>,
    },
}

/// A text that is not a fault.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not a fault: expected {expected}{}", Form(self.form.as_deref()))]
pub struct FaultError {
    text: Box<str>,
    expected: Box<str>,
    /// How the fault is written, where its name is known.
    form: Option<Box<str>>,
}

struct Form<'a>(Option<&'a str>);

impl fmt::Display for Form<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(form) => write!(f, ", in the form {form}"),
            None => Ok(()),
        }
    }
}

impl Fault {
    /// Returns the name, such as `wrong-sum`.
    pub const fn name(&self) -> &'static str {
        self.entry.name
    }

    /// Returns the text form of all faults, as lines for a help text; it is made from their entries.
    pub fn grammar() -> &'static str {
        grammar()
    }

    pub(super) const fn kind(&self) -> &FaultKind {
        &self.kind
    }

    /// Returns whether a request with a number is concerned, in an emulator of a seed.
    pub(super) fn concerns(&self, endpoint: Endpoint, request: u64, seed: u64) -> bool {
        match &self.kind {
            FaultKind::Record { .. } => false,
            FaultKind::Request {
                endpoint: concerned,
                when,
                ..
            } => *concerned == endpoint && when.concerns(request, seed, &self.text),
        }
    }

    /// Returns what the fault does with requests.
    pub(crate) fn request_effects(&self) -> &[RequestEffect] {
        match &self.kind {
            FaultKind::Record { .. } => &[],
            FaultKind::Request { effects, .. } => effects,
        }
    }
}

impl FromStr for Fault {
    type Err = FaultError;

    /// Reads the text form of a fault.
    ///
    /// # Errors
    ///
    /// Fails if the name is unknown, or what follows it is not what that fault takes.
    fn from_str(text: &str) -> Result<Self, FaultError> {
        let name_end = text.find([':', '@', ';']).unwrap_or(text.len());
        let (name, rest) = text.split_at(name_end);
        let Some(entry) = ENTRIES.iter().find(|entry| entry.name == name) else {
            let names: Vec<&str> = ENTRIES.iter().map(|entry| entry.name).collect();
            let suggested = nearest(name, names.iter().copied());
            let suggested = suggested.map(|suggested| format!("; did you mean {suggested}?"));
            let expected = format!(
                "one of {}{}",
                names.join(", "),
                suggested.unwrap_or_default()
            );
            return Err(FaultError {
                text: text.into(),
                expected: expected.into(),
                form: None,
            });
        };
        let kind = match entry.effect {
            Effect::Record(read) => record_fault(rest, read),
            Effect::Request(read) => request_fault(rest, read),
        };
        match kind {
            Ok(kind) => Ok(Self {
                text: text.into(),
                entry,
                kind,
            }),
            Err(expected) => Err(FaultError {
                text: text.into(),
                expected: expected.into(),
                form: Some(form(entry).into()),
            }),
        }
    }
}

/// Reads `:TIME[:ARGUMENT…][;sim=SID]`.
fn record_fault(
    rest: &str,
    read: fn(&mut Arguments<'_>) -> Result<RecordEffect, Expected>,
) -> Result<FaultKind, Expected> {
    let (rest, options) = match rest.split_once(';') {
        Some((rest, options)) => (rest, Some(options)),
        None => (rest, None),
    };
    let mut arguments = Arguments::new(rest.strip_prefix(':'), options);
    let time = arguments.next().ok_or(TIME)?;
    let (granularity, padded) = if time.contains('T') {
        (Granularity::Hourly, format!("{time}:00:00Z"))
    } else {
        (Granularity::Daily, format!("{time}T00:00:00Z"))
    };
    let start = padded.parse::<Timestamp>().map_err(|_| TIME)?.instant();
    let effect = Arc::new(read(&mut arguments)?);
    let sid = |text: &str| text.parse::<SimSid>().ok();
    let sim = arguments.option("sim", sid, "a SIM SID after ;sim=")?;
    arguments.finish()?;
    Ok(FaultKind::Record {
        resource: sim.map_or(Resource::Account, Resource::Sim),
        granularity,
        start,
        effect,
    })
}

/// Reads `[:ARGUMENT…][@WHEN][;OPTION…]`.
fn request_fault(
    rest: &str,
    read: fn(&mut Arguments<'_>) -> Result<Vec<RequestEffect>, Expected>,
) -> Result<FaultKind, Expected> {
    // The request comes last, so that an argument may have an @ of its own.
    let (arguments, when) = match rest.rsplit_once('@') {
        Some((arguments, when)) => (arguments, Some(when)),
        None => (rest, None),
    };
    let tail = when.unwrap_or(arguments);
    let (tail, options) = match tail.split_once(';') {
        Some((tail, options)) => (tail, Some(options)),
        None => (tail, None),
    };
    let (arguments, when) = match when {
        Some(_) => (arguments, tail.parse()?),
        None => (tail, When::Always),
    };
    if arguments.is_empty() && rest.starts_with(':') {
        return Err(REQUEST);
    }
    let mut arguments = Arguments::new(arguments.strip_prefix(':'), options);
    let effects = read(&mut arguments)?;
    let endpoint = arguments.option(
        "on",
        |name| name.parse().ok(),
        "records, sims or token after ;on=",
    )?;
    arguments.finish()?;
    Ok(FaultKind::Request {
        endpoint: endpoint.unwrap_or(Endpoint::Records),
        when,
        effects: effects.into(),
    })
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Fault").field(&self.text).finish()
    }
}

impl PartialEq for Fault {
    /// Faults are equal if they are written equally.
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Fault {}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> String {
        text.parse::<Fault>().unwrap_err().to_string()
    }

    #[test]
    fn what_is_read_is_written_back() {
        for text in [
            "wrong-sum:2026-03-05:data.home.download:+1000",
            "wrong-sum:2026-03-05T07:data.international_roaming.DEU.total:-5",
            "missing-breakdown:2026-03-05",
            "outside-total:2026-03-05:commands",
            "malformed:2026-03-05:commands.national_roaming.from_sim",
            "reversed-period:2026-03-05;sim=DEcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd",
            "unknown-member:2026-03-05:ip_usage",
            "wrong-type:2026-03-05:period",
            "duplicate:2026-03-05",
            "duplicate:2026-03-05T07:data.total:-5",
            "revision:2026-03-05:+4096",
            "gap:2026-03-05;sim=DEcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd",
            "status:503",
            "status:503@10%",
            "status:429@2;retry-after-date=30;no-date",
            "status:429@3x2;retry-after=2.5",
            "status:503@1;body=problem;sent-as=200;on=token",
            "success-status:201;on=token",
            "slow:1600@2",
            "loop-back@1x9",
            "advance:6h@2",
            "cut@2;on=sims",
            "window-cap:31:hourly",
            "page-size-cap:100:500",
            "foreign-link:https://user@evil.example/@2",
        ] {
            assert_eq!(text.parse::<Fault>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn a_refusal_names_what_was_expected_and_the_form() {
        let unknown = refused("wrong");
        assert!(unknown.starts_with("\"wrong\" is not a fault: expected one of wrong-sum, "));
        for (text, expected) in [
            ("wrong-sum", TIME),
            ("wrong-sum:2026-02-30:data.total:+1", TIME),
            ("wrong-sum:2026-3-5:data.total:+1", TIME),
            ("wrong-sum:2026-03-05T7:data.total:+1", TIME),
            ("wrong-sum:2026-03-05", "a counter like"),
            ("wrong-sum:2026-03-05:data.to_sim:+1", "a counter like"),
            (
                "wrong-sum:2026-03-05:data.international_roaming.deu.total:+1",
                "a counter like",
            ),
            (
                "wrong-sum:2026-03-05:data.total",
                "a difference like +1000, not 0",
            ),
            (
                "wrong-sum:2026-03-05:data.total:0",
                "a difference like +1000, not 0",
            ),
            (
                "duplicate:2026-03-05:data.total:0",
                "a difference like +1000, not 0",
            ),
            (
                "missing-breakdown:2026-03-05:sms",
                "the tree data or commands",
            ),
            (
                "bad-sid:2026-03-05:x",
                "nothing more after the last argument",
            ),
            ("bad-sid:2026-03-05;sim=DE1", "a SIM SID after ;sim="),
            (
                "bad-sid:2026-03-05;on=token",
                "no option but those that the fault has",
            ),
            (
                "unknown-member:2026-03-05:a/b",
                "a name of letters, digits and _",
            ),
            (
                "unknown-member:2026-03-05:",
                "a name of letters, digits and _",
            ),
            ("wrong-type:2026-03-05", "one of account_sid, period"),
            ("wrong-type:2026-03-05:home", "one of account_sid, period"),
            ("gap", TIME),
            ("status:503@101%", REQUEST),
            ("status:503@-1", REQUEST),
            ("cut@0", REQUEST),
            ("cut@1x0", REQUEST),
            (
                "status:503@1;retry-after",
                "no option but those that the fault has",
            ),
            (
                "cut@1;retry-after=1",
                "no option but those that the fault has",
            ),
            ("cut:3@1", "nothing more after the last argument"),
            ("status@1", "an HTTP status from 400 to 599"),
            ("status:200@1", "an HTTP status from 400 to 599"),
            ("status:600", "an HTTP status from 400 to 599"),
            ("status:429@1;retry-after=soon", "seconds, such as 2 or 2.5"),
            ("status:429@1;retry-after=2.", "seconds, such as 2 or 2.5"),
            ("status:429@1;body=yaml", "one of api, text, html"),
            (
                "status:429@1;on=everything",
                "records, sims or token after ;on=",
            ),
            ("success-status:404", "an HTTP status from 200 to 299"),
            ("slow@1", "whole milliseconds"),
            ("delay:1s@1", "whole milliseconds"),
            ("advance:later@1", "a duration such as"),
            ("window-cap:0", "a number of days"),
            ("window-cap:31:weekly", "hourly, daily or all"),
            ("foreign-link:nowhere@1", "a URL with a host"),
            ("foreign-link:data:text/plain,x@1", "a URL with a host"),
        ] {
            let message = refused(text);
            assert!(message.contains(expected), "{text}: {message}");
            let name = text.split([':', '@', ';']).next().unwrap_or_default();
            assert!(
                message.contains(&format!(", in the form {name}")),
                "{message}"
            );
        }
    }
}
