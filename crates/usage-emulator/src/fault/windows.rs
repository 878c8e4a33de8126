//! Faults in the window and the page size: ignored, replaced or refused.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use http::StatusCode;
use usage_model::{Granularity, retention_cutoff};

use super::{
    arguments::{Expected, number},
    entry::{Asked, Effect, Entry, RequestEffect},
    statuses::error_status,
};
use crate::{account::Query, answer::Refusal};

const DAYS: Expected = "a number of days";
const GRANULARITY: Expected = "hourly, daily or all after the days";
const SIZE: Expected = "the largest page size";
const CODE: Expected = "an HTTP status from 400 to 599 after the page size";

/// The API's code for a value that is not allowed.
const INVALID_VALUE: u32 = 33101;

pub(super) static IGNORE_WINDOW: Entry = Entry {
    name: "ignore-window",
    arguments: "",
    options: "",
    help: "`Start` and `End` are ignored: the answer has all that is kept",
    effect: Effect::Request(|_| {
        Ok(vec![RequestEffect::Ask(Box::new(|asked| {
            let window = (retention_cutoff(asked.now), asked.now);
            set_window(asked, window);
        }))])
    }),
};

pub(super) static SHIFT_WINDOW: Entry = Entry {
    name: "shift-window",
    arguments: ":DAYS",
    options: "",
    help: "the answer is for a window that many days earlier",
    effect: Effect::Request(|arguments| {
        let by = arguments.required(days, DAYS)?;
        Ok(vec![RequestEffect::Ask(Box::new(move |asked| {
            let Ok(query) = Query::parse(&asked.parameters, asked.now) else {
                return;
            };
            let shifted = (query.start - by, query.end - by);
            set_window(asked, shifted);
        }))])
    }),
};

pub(super) static WINDOW_CAP: Entry = Entry {
    name: "window-cap",
    arguments: ":DAYS[:GRANULARITY]",
    options: "",
    help: "a wider window is refused with 400",
    effect: Effect::Request(|arguments| {
        let longest = arguments.required(days, DAYS)?;
        let read = |text: &str| text.parse::<Granularity>().ok();
        let granularity = arguments.optional(read, GRANULARITY)?;
        Ok(vec![RequestEffect::Refuse(Box::new(move |query, _| {
            let capped = granularity.is_none_or(|capped| capped == query.granularity);
            if capped && query.end - query.start > longest {
                let longest = longest.num_days();
                let message = format!("The window must not be longer than {longest} days");
                return Err(Refusal::new(
                    StatusCode::BAD_REQUEST,
                    INVALID_VALUE,
                    message,
                ));
            }
            Ok(())
        }))])
    }),
};

pub(super) static EARLY_START: Entry = Entry {
    name: "early-start",
    arguments: ":DAYS",
    options: "",
    help: "a window that starts more than DAYS ago is refused with 400",
    effect: Effect::Request(|arguments| {
        let longest = arguments.required(days, DAYS)?;
        Ok(vec![RequestEffect::Refuse(Box::new(move |query, now| {
            if query.start < now - longest {
                let longest = longest.num_days();
                let message = format!("Start must not be more than {longest} days ago");
                return Err(Refusal::new(
                    StatusCode::BAD_REQUEST,
                    INVALID_VALUE,
                    message,
                ));
            }
            Ok(())
        }))])
    }),
};

pub(super) static PAGE_SIZE_CAP: Entry = Entry {
    name: "page-size-cap",
    arguments: ":SIZE[:CODE]",
    options: "",
    help: "a larger `PageSize` is refused with 400, or with CODE",
    effect: Effect::Request(|arguments| {
        let largest = arguments.required(number::<u16>, SIZE)?;
        let status = arguments.optional(error_status, CODE)?;
        let status = status.unwrap_or(StatusCode::BAD_REQUEST);
        Ok(vec![RequestEffect::Refuse(Box::new(move |query, _| {
            if query.page.size.get() > largest {
                let code = (status == StatusCode::BAD_REQUEST).then_some(INVALID_VALUE);
                let message = format!("PageSize must not be larger than {largest}");
                return Err(Refusal::new(status, code, message));
            }
            Ok(())
        }))])
    }),
};

/// Reads a number of days; a hundred years are more than any window has.
fn days(text: &str) -> Option<TimeDelta> {
    let days = number::<i64>(text).filter(|days| (1..=36_525).contains(days))?;
    TimeDelta::try_days(days)
}

/// Replaces the window of a request.
fn set_window(asked: &mut Asked, (start, end): (DateTime<Utc>, DateTime<Utc>)) {
    for (name, time) in [("Start", start), ("End", end)] {
        let value = time.to_rfc3339_opts(SecondsFormat::AutoSi, true);
        let place = asked.parameters.iter_mut().find(|(known, _)| known == name);
        match place {
            Some((_, known)) => *known = value,
            None => asked.parameters.push((name.to_owned(), value)),
        }
    }
}
