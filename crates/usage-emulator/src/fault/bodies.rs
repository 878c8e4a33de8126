//! Faults in how the body of an answer is delivered.

use std::time::Duration;

use super::{
    arguments::{Expected, number},
    entry::{Effect, Entry, RequestEffect},
};
use crate::answer::{Break, Delivery};

/// What is expected of a number of milliseconds.
pub(super) const MILLISECONDS: Expected = "whole milliseconds";

pub(super) static CUT: Entry = Entry {
    name: "cut",
    arguments: "",
    options: "",
    help: "half of the body, then the connection is closed",
    effect: Effect::Request(|_| Ok(broken(Break::Close))),
};

pub(super) static STALL: Entry = Entry {
    name: "stall",
    arguments: "",
    options: "",
    help: "half of the body, then silence",
    effect: Effect::Request(|_| Ok(broken(Break::Silence))),
};

pub(super) static RESET: Entry = Entry {
    name: "reset",
    arguments: "",
    options: "",
    help: "half of the body, then the connection is reset",
    effect: Effect::Request(|_| Ok(broken(Break::Reset))),
};

pub(super) static SLOW: Entry = Entry {
    name: "slow",
    arguments: ":MILLISECONDS",
    options: "",
    help: "the body takes that long, in small pieces",
    effect: Effect::Request(|arguments| {
        let milliseconds = arguments.required(number, MILLISECONDS)?;
        let over = Some(Duration::from_millis(milliseconds));
        Ok(delivered(move |delivery| delivery.over = over))
    }),
};

fn broken(how: Break) -> Vec<RequestEffect> {
    delivered(move |delivery| delivery.broken = Some(how))
}

fn delivered(change: impl Fn(&mut Delivery) + Send + Sync + 'static) -> Vec<RequestEffect> {
    let change = move |_: &_, answer: &mut crate::answer::Answer| change(&mut answer.delivery);
    vec![RequestEffect::Answer(Box::new(change))]
}
