//! Faults in what becomes of a request on its way: it waits, the world moves on, or something between
//! the client and the API changes or answers it.

use std::{sync::PoisonError, time::Duration};

use super::{
    arguments::{DURATION, duration, number},
    bodies::MILLISECONDS,
    entry::{AnswerCache, Effect, Entry, RequestEffect},
};

pub(super) static DELAY: Entry = Entry {
    name: "delay",
    arguments: ":MILLISECONDS",
    options: "",
    help: "the answer takes that much longer",
    effect: Effect::Request(|arguments| {
        let milliseconds = arguments.required(number, MILLISECONDS)?;
        let by = Duration::from_millis(milliseconds);
        Ok(vec![RequestEffect::Ask(Box::new(move |asked| {
            asked.delay = asked.delay.saturating_add(by);
        }))])
    }),
};

pub(super) static EXPIRE_TOKEN: Entry = Entry {
    name: "expire-token",
    arguments: "",
    options: "",
    help: "all tokens issued so far are dead",
    effect: Effect::Request(|_| {
        Ok(vec![RequestEffect::Ask(Box::new(|asked| {
            asked.expires_tokens = true;
        }))])
    }),
};

pub(super) static ADVANCE: Entry = Entry {
    name: "advance",
    arguments: ":DURATION",
    options: "",
    help: "the clock is put forward first, by 6h or 2d",
    effect: Effect::Request(|arguments| {
        let by = arguments.required(duration, DURATION)?;
        Ok(vec![RequestEffect::Ask(Box::new(move |asked| {
            asked.advance = asked.advance.saturating_add(by);
        }))])
    }),
};

pub(super) static CACHE: Entry = Entry {
    name: "cache",
    arguments: "",
    options: "",
    help: "the first answer for a path is given again, whatever the query",
    effect: Effect::Request(|_| {
        let kept = |cache: &AnswerCache, path: &str| {
            // Nothing panics while it holds the lock.
            let cache = cache.lock().unwrap_or_else(PoisonError::into_inner);
            cache.get(path).cloned()
        };
        Ok(vec![
            RequestEffect::Instead(Box::new(move |asked| kept(&asked.cache, &asked.path))),
            RequestEffect::Answer(Box::new(|asked, answer| {
                if answer.status.is_success() {
                    let cache = asked.cache.lock();
                    let mut cache = cache.unwrap_or_else(PoisonError::into_inner);
                    let kept = cache.entry(asked.path.clone());
                    kept.or_insert_with(|| answer.clone());
                }
            })),
        ])
    }),
};

pub(super) static DROP_QUERY: Entry = Entry {
    name: "drop-query",
    arguments: "",
    options: "",
    help: "all parameters are dropped, page tokens included",
    effect: Effect::Request(|_| {
        Ok(vec![RequestEffect::Ask(Box::new(|asked| {
            asked.parameters.clear();
        }))])
    }),
};
