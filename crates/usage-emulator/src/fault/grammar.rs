//! The text form of faults.

use std::time::Duration;

use usage_model::{Kind, Timestamp};

use super::{
    CounterPath, DataFault, DataFaultKind, Fault, Member, TransportFault, TransportFaultKind,
    counter_path::parse_kind,
};

/// The grammar, as lines for a help text.
pub(super) const TEXT: &str = "\
A record is sent with wrong contents: NAME:TIME[:ARGUMENT...][;sim=SID]
TIME is a UTC day (2026-03-05, its daily record) or hour (2026-03-05T07, its
hourly record); ;sim= takes the record of that SIM, not that of the account.
  wrong-sum:TIME:COUNTER:DELTA    the counter is off by DELTA, such as +1000
  missing-breakdown:TIME[:TREE]   no shares by network below a top that is not 0
  outside-total:TIME[:TREE]       the top leaves out usage abroad
  malformed:TIME[:COUNTER]        the counter is a text
  null-counter:TIME[:COUNTER]     the counter is null; by default one that is 0
  reversed-period:TIME            the period ends before it starts
  bad-sid:TIME                    the account SID is redacted
  unknown-member:TIME[:NAME]      a member that nobody knows
  wrong-type:TIME:MEMBER          account_sid is a number, period a text, commands
                                  or data a list
  duplicate:TIME[:COUNTER:DELTA]  sent twice, the second time with a counter off
  gap:TIME                        not sent
TREE is data (the default) or commands. COUNTER is TREE[.NETWORK].NAME, such as
data.home.download, commands.total or data.international_roaming.DEU.upload.

A request for records goes wrong: NAME[:ARGUMENT]@N[xTIMES][;OPTION]
N is the number of the request, counted from 1; xTIMES takes so many in a row.
@P% in place of @N takes that share of all requests, drawn from the seed.
  status:CODE@N[;retry-after=SECONDS]   an error body with that HTTP status
  status:CODE@N;retry-after-date=SECONDS   the same, Retry-After being a date
  cut@N, stall@N, reset@N               half of the body, then closed, silent, reset
  slow:MILLISECONDS@N                   the body takes so long, in small pieces
  html@N                                status 200 and an HTML page
  expire-token@N                        all tokens issued so far are dead
  loop@N                                the next link points at its own page
  loop-back@N                           the next link points at the page before
  foreign-link:URL@N                    the next link points at the origin of URL
  delay:MILLISECONDS@N                  the answer takes so much longer
  advance:TIME@N                        the clock is put forward, by 6h or 2d
";

/// A text that is not a fault.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not a fault: expected {problem}")]
pub struct FaultError {
    text: Box<str>,
    problem: &'static str,
}

impl FaultError {
    pub(super) fn new(text: &str, problem: &'static str) -> Self {
        Self {
            text: text.into(),
            problem,
        }
    }

    /// What was expected.
    const fn problem(&self) -> &'static str {
        self.problem
    }
}

const TIME: &str = "a day like 2026-03-05 or an hour like 2026-03-05T07 after the name";
const COUNTER: &str = "a counter like data.home.download";
const TREE: &str = "the tree data or commands";
pub(super) const DELTA: &str = "a difference like +1000, not 0";
pub(super) const STATUS: &str = "an HTTP status from 400 to 599";
pub(super) const FOREIGN: &str = "a URL with a host, as foreign-link:URL@N";
pub(super) const REQUEST: &str =
    "the number of a request from 1, as @N or @NxTIMES, or a share, as @P%";
const DURATION: &str = "a duration such as 90s, 30m, 48h or 7d";
const MEMBER: &str = "one of account_sid, period, commands, data";
const NAME: &str = "one of wrong-sum, missing-breakdown, outside-total, malformed, null-counter, \
    reversed-period, bad-sid, unknown-member, wrong-type, duplicate, gap, status, cut, stall, reset, \
    slow, html, expire-token, loop, loop-back, foreign-link, delay, advance";

/// Reads a fault, or says what was expected.
pub(super) fn parse(text: &str) -> Result<Fault, &'static str> {
    let name_end = text.find([':', '@', ';']).unwrap_or(text.len());
    let (name, rest) = text.split_at(name_end);
    match name {
        "wrong-sum" | "missing-breakdown" | "outside-total" | "malformed" | "null-counter"
        | "reversed-period" | "bad-sid" | "unknown-member" | "wrong-type" | "duplicate" | "gap" => {
            data(name, rest).map(Fault::Data)
        }
        "status" | "cut" | "stall" | "reset" | "slow" | "html" | "expire-token" | "loop"
        | "loop-back" | "foreign-link" | "delay" | "advance" => {
            transport(name, rest).map(Fault::Transport)
        }
        _ => Err(NAME),
    }
}

fn data(name: &str, rest: &str) -> Result<DataFault, &'static str> {
    let (rest, sim) = match rest.split_once(";sim=") {
        Some((rest, sid)) => (
            rest,
            Some(sid.parse().map_err(|_| "a SIM SID after ;sim=")?),
        ),
        None => (rest, None),
    };
    let mut parts = rest.split(':').skip(1);
    let time = parts.next().ok_or(TIME)?;
    let kind = data_kind(name, &mut parts)?;
    if parts.next().is_some() {
        return Err("nothing more after the last argument");
    }
    let instant = |text: String| text.parse::<Timestamp>().map_err(|_| TIME);
    let fault = if time.contains('T') {
        DataFault::in_hour(instant(format!("{time}:00:00Z"))?.instant(), kind)
    } else {
        let day = instant(format!("{time}T00:00:00Z"))?.instant();
        DataFault::on_day(day.date_naive(), kind)
    };
    let fault = fault.map_err(|error| error.problem())?;
    Ok(match sim {
        Some(sid) => fault.of_sim(sid),
        None => fault,
    })
}

fn data_kind<'a>(
    name: &str,
    arguments: &mut impl Iterator<Item = &'a str>,
) -> Result<DataFaultKind, &'static str> {
    let counter = |text: &str| CounterPath::parse(text).ok_or(COUNTER);
    let tree = |text: Option<&str>| text.map_or(Some(Kind::Data), parse_kind).ok_or(TREE);
    // What a fault can have of these is for its constructor to say.
    let delta = |text: Option<&str>| text.and_then(|text| text.parse().ok()).ok_or(DELTA);
    Ok(match name {
        "wrong-sum" => DataFaultKind::WrongSum {
            counter: arguments.next().ok_or(COUNTER).and_then(counter)?,
            delta: delta(arguments.next())?,
        },
        "unknown-member" => DataFaultKind::UnknownMember {
            name: arguments.next().map(Into::into),
        },
        "wrong-type" => {
            let name = arguments.next().ok_or(MEMBER)?;
            let known = Member::ALL.into_iter().find(|known| known.as_str() == name);
            DataFaultKind::WrongType {
                member: known.ok_or(MEMBER)?,
            }
        }
        "duplicate" => DataFaultKind::Duplicate {
            change: match arguments.next() {
                Some(text) => Some((counter(text)?, delta(arguments.next())?)),
                None => None,
            },
        },
        "gap" => DataFaultKind::Gap,
        "missing-breakdown" => DataFaultKind::MissingBreakdown {
            tree: tree(arguments.next())?,
        },
        "outside-total" => DataFaultKind::OutsideTotal {
            tree: tree(arguments.next())?,
        },
        "malformed" => DataFaultKind::Malformed {
            counter: arguments.next().map(counter).transpose()?,
        },
        "null-counter" => DataFaultKind::NullCounter {
            counter: arguments.next().map(counter).transpose()?,
        },
        "reversed-period" => DataFaultKind::ReversedPeriod,
        "bad-sid" => DataFaultKind::BadSid,
        _ => return Err(NAME),
    })
}

/// What a status is sent with.
#[derive(Clone, Copy)]
enum RetryAfter {
    Seconds(u64),
    Date(u64),
}

fn transport(name: &str, rest: &str) -> Result<TransportFault, &'static str> {
    // The request comes last, so that an argument may have an @ of its own.
    let (argument, request) = rest.rsplit_once('@').ok_or(REQUEST)?;
    let seconds = |text: &str, expected| text.parse().map_err(|_| expected);
    let (request, retry_after) = match request.split_once(";retry-after") {
        Some((request, option)) if name == "status" => {
            let retry_after = if let Some(text) = option.strip_prefix('=') {
                RetryAfter::Seconds(seconds(text, "whole seconds after ;retry-after=")?)
            } else if let Some(text) = option.strip_prefix("-date=") {
                RetryAfter::Date(seconds(text, "whole seconds after ;retry-after-date=")?)
            } else {
                return Err(REQUEST);
            };
            (request, Some(retry_after))
        }
        _ => (request, None),
    };
    let argument = argument.strip_prefix(':');
    let kind = transport_kind(name, argument, retry_after)?;
    let fault = if let Some(percent) = request.strip_suffix('%') {
        TransportFault::in_percent(percent.parse().map_err(|_| REQUEST)?, kind)
    } else {
        let (first, times) = request.split_once('x').unwrap_or((request, "1"));
        let number = |text: &str| text.parse().map_err(|_| REQUEST);
        let (first, times) = (number(first)?, number(times)?);
        TransportFault::at(first, kind).and_then(|fault| fault.times(times))
    };
    fault.map_err(|error| error.problem())
}

fn transport_kind(
    name: &str,
    argument: Option<&str>,
    retry_after: Option<RetryAfter>,
) -> Result<TransportFaultKind, &'static str> {
    Ok(match (name, argument) {
        ("status", Some(code)) => match code.parse() {
            Ok(code) => match retry_after {
                Some(RetryAfter::Date(seconds)) => {
                    TransportFaultKind::StatusUntil { code, seconds }
                }
                Some(RetryAfter::Seconds(seconds)) => TransportFaultKind::Status {
                    code,
                    retry_after: Some(seconds),
                },
                None => TransportFaultKind::Status {
                    code,
                    retry_after: None,
                },
            },
            Err(_) => return Err(STATUS),
        },
        ("status", None) => return Err("an HTTP status, as status:CODE@N"),
        ("foreign-link", Some(url)) => match url.parse::<url::Url>() {
            Ok(origin) => TransportFaultKind::ForeignLink { origin },
            Err(_) => return Err(FOREIGN),
        },
        ("foreign-link", None) => return Err(FOREIGN),
        ("delay", argument) => match argument.map(str::parse) {
            Some(Ok(milliseconds)) => TransportFaultKind::Delay {
                by: Duration::from_millis(milliseconds),
            },
            _ => return Err("whole milliseconds, as delay:MILLISECONDS@N"),
        },
        ("slow", argument) => match argument.map(str::parse) {
            Some(Ok(milliseconds)) => TransportFaultKind::Slow {
                over: Duration::from_millis(milliseconds),
            },
            _ => return Err("whole milliseconds, as slow:MILLISECONDS@N"),
        },
        ("advance", argument) => TransportFaultKind::Advance {
            by: argument
                .and_then(|text| humantime::parse_duration(text).ok())
                .ok_or(DURATION)?,
        },
        (_, Some(_)) => return Err("no argument: this fault is written NAME@N"),
        ("cut", None) => TransportFaultKind::Cut,
        ("stall", None) => TransportFaultKind::Stall,
        ("reset", None) => TransportFaultKind::Reset,
        ("html", None) => TransportFaultKind::Html,
        ("expire-token", None) => TransportFaultKind::ExpireToken,
        ("loop-back", None) => TransportFaultKind::LoopBack,
        ("loop", None) => TransportFaultKind::Loop,
        (_, None) => return Err(NAME),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_read_and_written_back() {
        for text in [
            "wrong-sum:2026-03-05:data.home.download:+1000",
            "wrong-sum:2026-03-05T07:commands.total:-1",
            "wrong-sum:2026-03-05:data.international_roaming.DEU.upload:+7",
            "missing-breakdown:2026-03-05:data",
            "outside-total:2026-03-05:commands",
            "malformed:2026-03-05",
            "malformed:2026-03-05:commands.national_roaming.from_sim",
            "null-counter:2026-03-05T23",
            "reversed-period:2026-03-05;sim=DEcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd",
            "bad-sid:2026-03-05",
            "unknown-member:2026-03-05",
            "unknown-member:2026-03-05:ip_usage",
            "wrong-type:2026-03-05:period",
            "duplicate:2026-03-05",
            "duplicate:2026-03-05T07:data.total:-5",
            "gap:2026-03-05;sim=DEcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd",
            "status:503@10%",
            "status:429@2;retry-after-date=30",
            "slow:1600@2",
            "loop-back@1x9",
            "advance:6h@2",
            "status:429@3x2;retry-after=1",
            "status:503@1",
            "cut@2",
            "stall@2",
            "reset@2x3",
            "html@1",
            "expire-token@4",
            "loop@1",
            "foreign-link:https://user@evil.example/@2",
            "delay:250@1x5",
        ] {
            assert_eq!(text.parse::<Fault>().unwrap().to_string(), text);
        }
        let tree: Fault = "outside-total:2026-03-05".parse().unwrap();
        assert_eq!(tree, "outside-total:2026-03-05:data".parse().unwrap());
    }

    #[test]
    fn refused_texts_name_what_was_expected() {
        for (text, problem) in [
            ("", NAME),
            ("wrong", NAME),
            ("wrong-sum", TIME),
            ("wrong-sum:2026-02-30:data.total:+1", TIME),
            ("wrong-sum:2026-3-5:data.total:+1", TIME),
            ("wrong-sum:2026-03-05T7:data.total:+1", TIME),
            ("wrong-sum:2026-03-05", COUNTER),
            ("wrong-sum:2026-03-05:data.to_sim:+1", COUNTER),
            (
                "wrong-sum:2026-03-05:data.international_roaming.deu.total:+1",
                COUNTER,
            ),
            ("wrong-sum:2026-03-05:data.total", DELTA),
            ("wrong-sum:2026-03-05:data.total:0", DELTA),
            ("missing-breakdown:2026-03-05:sms", TREE),
            (
                "bad-sid:2026-03-05:x",
                "nothing more after the last argument",
            ),
            ("bad-sid:2026-03-05;sim=DE1", "a SIM SID after ;sim="),
            (
                "unknown-member:2026-03-05:a/b",
                "a name of letters, digits and _",
            ),
            ("wrong-type:2026-03-05", MEMBER),
            ("wrong-type:2026-03-05:home", MEMBER),
            ("duplicate:2026-03-05:data.total", DELTA),
            ("gap", TIME),
            ("status:503@101%", REQUEST),
            ("status:503@1;retry-after", REQUEST),
            ("slow@1", "whole milliseconds, as slow:MILLISECONDS@N"),
            ("advance:later@1", DURATION),
            ("cut", REQUEST),
            ("cut@0", REQUEST),
            ("cut@1x0", REQUEST),
            ("cut@1;retry-after=1", REQUEST),
            ("cut:3@1", "no argument: this fault is written NAME@N"),
            ("status@1", "an HTTP status, as status:CODE@N"),
            ("status:200@1", "an HTTP status from 400 to 599"),
            (
                "status:429@1;retry-after=soon",
                "whole seconds after ;retry-after=",
            ),
            (
                "foreign-link:nowhere@1",
                "a URL with a host, as foreign-link:URL@N",
            ),
            ("delay:1s@1", "whole milliseconds, as delay:MILLISECONDS@N"),
        ] {
            let expected = FaultError::new(text, problem);
            assert_eq!(text.parse::<Fault>().unwrap_err(), expected);
        }
    }

    #[test]
    fn every_fault_is_in_the_grammar() {
        // The form of each fault, as it stands at the start of a line or after a comma.
        let forms = TEXT.lines().filter_map(|line| line.strip_prefix("  "));
        let forms = forms.flat_map(|line| line.split("  ").next().unwrap_or_default().split(", "));
        let described: Vec<&str> = forms
            .filter_map(|form| form.split([':', '@']).next())
            .collect();
        let names = NAME.trim_start_matches("one of ").split(", ");
        for name in names {
            assert!(described.contains(&name), "{name}: {described:?}");
        }
    }

    #[test]
    fn what_no_text_can_say_cannot_be_constructed_either() {
        let day = chrono::NaiveDate::from_ymd_opt(2026, 3, 5).unwrap();
        let counter = CounterPath::parse("data.total").unwrap();
        let unknown = |name: &str| DataFaultKind::UnknownMember {
            name: Some(name.into()),
        };
        for (kind, problem) in [
            (DataFaultKind::WrongSum { counter, delta: 0 }, DELTA),
            (
                DataFaultKind::Duplicate {
                    change: Some((counter, 0)),
                },
                DELTA,
            ),
            (unknown("a/b"), "a name of letters, digits and _"),
            (unknown("a~b"), "a name of letters, digits and _"),
            (unknown(""), "a name of letters, digits and _"),
        ] {
            let error = DataFault::on_day(day, kind).unwrap_err();
            assert_eq!(error.problem(), problem, "{error}");
        }
        let status = |code| TransportFaultKind::Status {
            code,
            retry_after: None,
        };
        let nowhere = TransportFaultKind::ForeignLink {
            origin: "data:text/plain,x".parse().unwrap(),
        };
        let cut = || TransportFaultKind::Cut;
        for (fault, problem) in [
            (TransportFault::at(0, cut()), REQUEST),
            (TransportFault::at(1, cut()).unwrap().times(0), REQUEST),
            (TransportFault::in_percent(101, cut()), REQUEST),
            (TransportFault::at(1, status(200)), STATUS),
            (TransportFault::in_percent(1, status(600)), STATUS),
            (TransportFault::at(1, nowhere), FOREIGN),
        ] {
            assert_eq!(fault.unwrap_err().problem(), problem);
        }
    }
}
