//! Faults in the status of an answer, and answers in place of those of the API.

use std::time::SystemTime;

use chrono::{DateTime, TimeDelta, Utc};
use http::{HeaderValue, StatusCode, header};

use super::{
    arguments::{Expected, number},
    entry::{Effect, Entry, RequestEffect},
};
use crate::answer::{Answer, ErrorShape};

/// What a gateway in front of the API shows to a browser that is not logged in.
const LOGIN_PAGE: &str = "<!DOCTYPE html>\n<html><head><title>Sign in</title></head>\
    <body><form method=\"post\" action=\"/login\"><h1>Sign in</h1>\
    <input name=\"user\"><input name=\"password\" type=\"password\"></form></body></html>\n";

/// The last time that a header can name: its dates have years of four digits.
const LAST_DATE: DateTime<Utc> = match DateTime::from_timestamp(253_402_300_799, 0) {
    Some(last) => last,
    None => DateTime::UNIX_EPOCH,
};

const STATUS_CODE: Expected = "an HTTP status from 400 to 599";
const SUCCESS: Expected = "an HTTP status from 200 to 299";
const SHAPE: Expected = "one of api, text, html, xml, problem, errors, error, empty after ;body=";
const SECONDS: Expected = "seconds, such as 2 or 2.5, after ;retry-after=";
const DATE: Expected = "whole seconds after ;retry-after-date=";

pub(super) static STATUS: Entry = Entry {
    name: "status",
    arguments: ":CODE",
    options: "[;retry-after=SECONDS][;retry-after-date=SECONDS][;no-date][;body=SHAPE][;sent-as=CODE]",
    help: "an error of that HTTP status; `Retry-After` is in seconds, also decimal, or a date that many \
        seconds later, with or without `Date`; SHAPE is `api`, `text`, `html`, `xml`, `problem`, `errors`, \
        `error` or `empty`; `;sent-as=200` sends the error body with success",
    effect: Effect::Request(|arguments| {
        let status = arguments.required(error_status, STATUS_CODE)?;
        let seconds = arguments.option("retry-after", decimal, SECONDS)?;
        let date = arguments.option("retry-after-date", number::<u64>, DATE)?;
        let shape = arguments.option("body", |text| text.parse::<ErrorShape>().ok(), SHAPE)?;
        let sent_as = arguments.option("sent-as", success_status, SUCCESS)?;
        let is_dated = !arguments.flag("no-date");
        let instead = RequestEffect::Instead(Box::new(move |asked| {
            let mut answer = shape.unwrap_or_default().answer(status);
            answer.status = sent_as.unwrap_or(status);
            if let Some(seconds) = &seconds {
                answer.set(header::RETRY_AFTER, seconds.clone());
            }
            if let Some(seconds) = date {
                // A client without the server's date counts from its own clock.
                let now = if is_dated {
                    asked.now
                } else {
                    SystemTime::now().into()
                };
                answer.set(header::RETRY_AFTER, later(now, seconds));
            }
            Some(answer)
        }));
        let mut effects = vec![instead];
        if !is_dated {
            effects.push(RequestEffect::Answer(Box::new(|_, answer| {
                answer.is_dated = false;
            })));
        }
        Ok(effects)
    }),
};

pub(super) static SUCCESS_STATUS: Entry = Entry {
    name: "success-status",
    arguments: ":CODE",
    options: "",
    help: "an answer with success has this status, such as 201",
    effect: Effect::Request(|arguments| {
        let status = arguments.required(success_status, SUCCESS)?;
        Ok(vec![RequestEffect::Answer(Box::new(move |_, answer| {
            if answer.status.is_success() {
                answer.status = status;
            }
        }))])
    }),
};

pub(super) static HTML: Entry = Entry {
    name: "html",
    arguments: "",
    options: "",
    help: "status 200 and an HTML page to log in",
    effect: Effect::Request(|_| {
        Ok(vec![RequestEffect::Instead(Box::new(|_| {
            let html = "text/html; charset=utf-8";
            Some(Answer::new(StatusCode::OK, html, LOGIN_PAGE))
        }))])
    }),
};

pub(super) fn error_status(text: &str) -> Option<StatusCode> {
    let code = number::<u16>(text).filter(|code| (400..600).contains(code))?;
    StatusCode::from_u16(code).ok()
}

fn success_status(text: &str) -> Option<StatusCode> {
    let code = number::<u16>(text).filter(|code| (200..300).contains(code))?;
    StatusCode::from_u16(code).ok()
}

/// Reads seconds that may have a fraction, as they are written in a header.
fn decimal(text: &str) -> Option<HeaderValue> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_decimal = is_number(whole) && is_number(fraction);
    is_decimal
        .then(|| HeaderValue::from_str(text).ok())
        .flatten()
}

/// Writes the date that is a number of seconds after a time.
fn later(now: DateTime<Utc>, seconds: u64) -> HeaderValue {
    let by = i64::try_from(seconds).ok().and_then(TimeDelta::try_seconds);
    let time = by.and_then(|by| now.checked_add_signed(by));
    let time = time.map_or(LAST_DATE, |time| time.min(LAST_DATE));
    let date = httpdate::fmt_http_date(SystemTime::from(time));
    HeaderValue::try_from(date).unwrap_or(HeaderValue::from_static("0"))
}
