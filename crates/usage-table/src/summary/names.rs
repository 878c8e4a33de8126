//! Texts as numbers, so that groups are compared and kept at little cost.

use std::{borrow::Cow, collections::BTreeMap};

use usage_model::{AccountSid, SimSid};

/// Texts in the order in which they came first.
#[derive(Debug, Default)]
pub(super) struct Names {
    numbers: BTreeMap<Box<str>, u32>,
    texts: Vec<Box<str>>,
    /// The text that was asked for last: records of one series come together.
    last: Option<u32>,
}

impl Names {
    /// The number of a text, from 0.
    pub(super) fn number(&mut self, text: &str) -> u32 {
        if let Some(last) = self.last
            && self.name(last) == text
        {
            return last;
        }
        let key = key(text);
        let number = if let Some(number) = self.numbers.get(&*key) {
            *number
        } else {
            let number = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
            self.numbers.insert(key.into(), number);
            self.texts.push(text.into());
            number
        };
        self.last = Some(number);
        number
    }

    /// The text of a number; empty for one that was never given.
    pub(super) fn name(&self, number: u32) -> &str {
        usize::try_from(number)
            .ok()
            .and_then(|number| self.texts.get(number))
            .map_or("", |name| name)
    }
}

/// What a text is known by: SIDs are equal whatever the case of their digits, and are named as they came first.
fn key(text: &str) -> Cow<'_, str> {
    if text.parse::<AccountSid>().is_ok() || text.parse::<SimSid>().is_ok() {
        Cow::Owned(text.to_ascii_lowercase())
    } else {
        Cow::Borrowed(text)
    }
}
