//! Windows that the server refuses because they start too early.

use chrono::{DateTime, Utc};
use usage_client::Error;
use usage_model::Window;

use super::targets::Target;

/// What was refused, and what was taken beside it.
#[derive(Debug, Default)]
pub(super) struct RefusedStarts {
    refused: Vec<(Target, Window, Error)>,
    /// The first window of each target that was taken.
    taken: Vec<(Target, DateTime<Utc>)>,
}

/// What a refusal turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Judged {
    /// Windows are taken from this time on.
    TooEarly(DateTime<Utc>),
    /// It was refused for another reason.
    Failed(Window),
}

impl RefusedStarts {
    /// Notes that the beginning of a window was refused, or all of it.
    pub(super) fn refused(&mut self, target: Target, window: Window, error: Error) {
        let same = self.refused.iter_mut().find(|(one, ..)| *one == target);
        match same {
            Some((_, refused, _)) => *refused = refused.hull(window),
            None => self.refused.push((target, window, error)),
        }
    }

    /// Notes that a window was taken.
    pub(super) fn taken(&mut self, target: &Target, window: Window) {
        match self.taken.iter_mut().find(|(one, _)| one == target) {
            Some((_, start)) => *start = window.start().min(*start),
            None => self.taken.push((target.clone(), window.start())),
        }
    }

    /// What the refusals of each target turned out to be: too early, where only later windows were taken.
    pub(super) fn judge(self) -> impl Iterator<Item = (Target, Judged, Error)> {
        let Self { refused, taken } = self;
        refused.into_iter().map(move |(target, window, error)| {
            let first = taken.iter().find(|(one, _)| *one == target);
            let judged = match first {
                Some((_, start)) if window.end() <= *start => Judged::TooEarly(window.end()),
                _ => Judged::Failed(window),
            };
            (target, judged, error)
        })
    }
}
