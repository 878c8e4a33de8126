//! What a fault is: its entry in the catalogue, and the points at which it takes effect.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex},
    time::Duration,
};

use chrono::{DateTime, Utc};
use usage_model::{PageMeta, UsageRecord};

use super::arguments::{Arguments, Expected};
use crate::{
    account::{Parameters, Query},
    answer::{Answer, Refusal},
};

/// A fault: everything that there is to know about it.
#[derive(Debug)]
pub(crate) struct Entry {
    /// The name in the text form.
    pub(crate) name: &'static str,
    /// The arguments after the name in the text form, after the time for a fault in a record: for
    /// instance `:COUNTER:DELTA`. What may be left out stands in brackets.
    pub(crate) arguments: &'static str,
    /// The options at the end of the text form, such as `[;retry-after=SECONDS]`.
    pub(crate) options: &'static str,
    /// What it does, as part of a sentence.
    pub(crate) help: &'static str,
    /// Reads the arguments and returns the effect.
    pub(crate) effect: Effect,
}

/// Reads the arguments of a fault.
type Read<T> = fn(&mut Arguments<'_>) -> Result<T, Expected>;

/// What a fault concerns, and how its effect is made from its arguments.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Effect {
    /// One record is sent with wrong contents.
    Record(Read<RecordEffect>),
    /// Requests are answered wrongly; a fault may take effect at several points.
    Request(Read<Vec<RequestEffect>>),
}

/// Changes a record, or says why that cannot be; the record is then as it was.
pub(crate) type ChangeRecord =
    Box<dyn Fn(&mut UsageRecord) -> Result<Change, Reason> + Send + Sync>;

/// Why a fault changes nothing.
pub(crate) type Reason = &'static str;

/// What a fault does with a record.
pub(crate) enum RecordEffect {
    /// The record is sent with other contents.
    Change(ChangeRecord),
    /// The record is sent once more, right after itself; the second time possibly with other contents.
    Repeat(Option<ChangeRecord>),
    /// The record is not sent.
    Omit,
}

/// What was changed in a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    /// What was changed, as a JSON pointer within the record; empty for the whole record.
    pub(crate) pointer: String,
    /// By how much a counter was changed; `None` where no counter was.
    pub(crate) delta: Option<i128>,
}

impl Change {
    /// A change of something that is no counter.
    pub(crate) fn at(pointer: &str) -> Self {
        Self {
            pointer: pointer.to_owned(),
            delta: None,
        }
    }
}

type ChangeRequest = Box<dyn Fn(&mut Asked) + Send + Sync>;
type AnswerInstead = Box<dyn Fn(&Asked) -> Option<Answer> + Send + Sync>;
type RefuseQuery = Box<dyn Fn(&Query, DateTime<Utc>) -> Result<(), Refusal> + Send + Sync>;
type ChangePage = Box<dyn Fn(&mut PageDraft<'_>) + Send + Sync>;
type ChangeAnswer = Box<dyn Fn(&Asked, &mut Answer) + Send + Sync>;

/// What a fault does with a request, and at which point. The points are listed in their order.
pub(crate) enum RequestEffect {
    /// Changes what is asked, before anything is answered.
    Ask(ChangeRequest),
    /// Answers in place of the API, if it returns an answer.
    Instead(AnswerInstead),
    /// Refuses a query that the API would take.
    Refuse(RefuseQuery),
    /// Changes a page before it is written.
    Page(ChangePage),
    /// Changes the answer before it is sent.
    Answer(ChangeAnswer),
}

/// A request, and what its faults ask of the API before it answers.
#[derive(Debug)]
pub(crate) struct Asked {
    /// The path.
    pub(crate) path: String,
    /// The query parameters, in their order.
    pub(crate) parameters: Parameters,
    /// The time of the emulated clock when the request came.
    pub(crate) now: DateTime<Utc>,
    /// By how much the answer is delayed.
    pub(crate) delay: Duration,
    /// By how much the emulated clock is put forward before the answer.
    pub(crate) advance: Duration,
    /// Whether every token issued so far dies.
    pub(crate) expires_tokens: bool,
    /// How many records a page has beyond its size.
    pub(crate) surplus: usize,
    /// The answers that were kept for later requests.
    pub(crate) cache: AnswerCache,
}

/// Answers by the path that they were given for.
pub(crate) type AnswerCache = Arc<Mutex<BTreeMap<String, Answer>>>;

/// A page that has been made and not yet written.
#[derive(Debug)]
pub(crate) struct PageDraft<'a> {
    /// The envelope.
    pub(crate) meta: &'a mut PageMeta,
    /// Set to send the page without its records.
    pub(crate) emptied: bool,
    /// A link to this page with a token that no other link has.
    pub(crate) again: &'a str,
}

impl fmt::Debug for RecordEffect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Change(_) => "Change",
            Self::Repeat(_) => "Repeat",
            Self::Omit => "Omit",
        })
    }
}

impl fmt::Debug for RequestEffect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ask(_) => "Ask",
            Self::Instead(_) => "Instead",
            Self::Refuse(_) => "Refuse",
            Self::Page(_) => "Page",
            Self::Answer(_) => "Answer",
        })
    }
}
