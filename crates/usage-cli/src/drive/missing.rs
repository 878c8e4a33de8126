//! What a fetch could not bring, window by window.

use chrono::NaiveTime;
use usage_client::WindowError;
use usage_model::Window;

use crate::failure::Failure;

/// Why records are missing that the user did not wait for.
pub(super) const INTERRUPTED: &str = "interrupted";

/// The windows that are missing, in order. Neighbours that miss for the same reason are one.
#[derive(Default)]
pub(crate) struct Missing {
    /// Why not all was fetched: what failed first, or the interruption.
    failure: Option<Failure>,
    parts: Vec<(Window, String)>,
}

impl Missing {
    /// Adds a window that failed.
    pub(super) fn add(&mut self, missing: WindowError) {
        let reason = missing.error.reason();
        self.extend(missing.window, reason);
        if self.failure.is_none() {
            self.failure = Some(Failure::from(missing.error));
        }
    }

    /// Ends the fetch where the user ended it; `rest` was not complete by then.
    pub(super) fn interrupt(&mut self, rest: Option<Window>) {
        if let Some(rest) = rest {
            self.extend(rest, INTERRUPTED.to_owned());
        }
        self.failure = Some(Failure::interrupted("before all records were fetched"));
    }

    fn extend(&mut self, window: Window, reason: String) {
        if let Some((last, known)) = self.parts.last_mut()
            && *known == reason
            && last.end() == window.start()
            && let Ok(both) = Window::new(last.start(), window.end())
        {
            *last = both;
        } else {
            self.parts.push((window, reason));
        }
    }

    /// Returns why the job could not be completed, and what is missing; `None` where nothing is.
    pub(crate) fn failure(self) -> Option<Failure> {
        let parts = self.parts.into_iter();
        Some(parts.fold(self.failure?, |failure, (window, reason)| {
            failure.note(format!("missing: {} ({reason})", span(window)))
        }))
    }
}

/// A window as it is typed: dates where it is of whole days.
pub(super) fn span(window: Window) -> String {
    let (start, end) = (window.start(), window.end());
    if start.time() == NaiveTime::MIN && end.time() == NaiveTime::MIN {
        format!("{} to {}", start.date_naive(), end.date_naive())
    } else {
        window.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(start: &str, end: &str) -> Window {
        Window::new(start.parse().unwrap(), end.parse().unwrap()).unwrap()
    }

    #[test]
    fn neighbours_with_one_reason_are_one() {
        const DAYS: [&str; 5] = [
            "2026-01-01T00:00:00Z",
            "2026-01-02T00:00:00Z",
            "2026-01-03T00:00:00Z",
            "2026-01-04T00:00:00Z",
            "2026-01-05T06:00:00Z",
        ];
        let mut missing = Missing::default();
        for (from, to, reason) in [(0, 1, "a"), (1, 2, "a"), (2, 3, "b"), (3, 4, "a")] {
            missing.extend(window(DAYS[from], DAYS[to]), reason.to_owned());
        }
        missing.extend(
            window("2026-02-01T00:00:00Z", "2026-02-02T00:00:00Z"),
            "a".to_owned(),
        );
        let parts = missing.parts.iter();
        let parts: Vec<_> = parts
            .map(|(window, reason)| format!("{} {reason}", span(*window)))
            .collect();
        assert_eq!(
            parts,
            [
                "2026-01-01 to 2026-01-03 a",
                "2026-01-03 to 2026-01-04 b",
                "2026-01-04T00:00:00Z to 2026-01-05T06:00:00Z a",
                "2026-02-01 to 2026-02-02 a",
            ]
        );
        assert!(missing.failure().is_none(), "nothing failed here");
    }
}
