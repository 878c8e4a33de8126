//! Rules on what was asked for: the window, and all pages of the answer.

use usage_model::Granularity;

use super::{Example, Rule, RuleId, Scope, example::series};
use crate::Severity;

/// The first three days of June.
const THREE_DAYS: &str = series!(
    "2026-06-01".."2026-06-02",
    "2026-06-02".."2026-06-03",
    "2026-06-03".."2026-06-04",
);

pub(super) const OUTSIDE_WINDOW: Rule = Rule {
    since: "0.1.0",
    id: RuleId::OUTSIDE_WINDOW,
    code: "UR501",
    name: "outside-window",
    severity: Severity::Warning,
    scope: Scope::Period,
    sentence: "Where the requested window is known, every period must meet it; windows may be widened to whole UTC days.",
    formula: "start < end of the last day of the window, end > start of its first day, in UTC",
    origin: "KORE's page; real responses have periods widened to whole UTC days.",
    false_positives: "A window that is not the one that was asked for. Records outside it are left out of the rules on lists, \
                      also where this rule is off.",
    example: Example::new(THREE_DAYS).window("2026-06-01T12:00:00Z", "2026-06-03T00:00:00Z"),
    near_miss: Example::new(THREE_DAYS).window("2026-06-01T12:00:00Z", "2026-06-03T00:00:01Z"),
};

pub(super) const WINDOW_UNCOVERED: Rule = Rule {
    since: "0.1.0",
    id: RuleId::WINDOW_UNCOVERED,
    code: "UR502",
    name: "window-uncovered",
    severity: Severity::Warning,
    scope: Scope::Window,
    sentence: "Where the requested window is known, records must reach from its start to its end, the last 24 hours exempt.",
    formula: "min start ≤ max(window start, cutoff of retention), max end ≥ min(window end, as-of) − 24 h",
    origin: "The meaning of a query. KORE's page: usage may not be reflected for up to 24 hours.",
    false_positives: "Accounts or SIMs that are younger than the window; servers that leave out times without usage.",
    example: Example::new(THREE_DAYS)
        .granularity(Granularity::Daily)
        .window("2026-06-01T00:00:00Z", "2026-06-07T00:00:00Z"),
    near_miss: Example::new(THREE_DAYS)
        .granularity(Granularity::Daily)
        .window("2026-06-01T00:00:00Z", "2026-06-05T00:00:00Z"),
};

pub(super) const WINDOW_PAST_RETENTION: Rule = Rule {
    since: "0.1.0",
    id: RuleId::WINDOW_PAST_RETENTION,
    code: "UR503",
    name: "window-past-retention",
    severity: Severity::Warning,
    scope: Scope::Window,
    sentence: "The requested window must start within the 18 months for which usage is kept.",
    formula: "window start ≥ cutoff; cutoff = UTC date of as-of − 18 calendar months, at 00:00Z",
    origin: "KORE's page, \"Retention period\": older queries can return incomplete data, without an error.",
    false_positives: "None: whatever is there of the time before may be incomplete.",
    example: Example::new(series!("2025-05-01".."2025-05-02"))
        .window("2025-04-30T23:59:59Z", "2025-05-02T00:00:00Z"),
    near_miss: Example::new(series!("2025-05-01".."2025-05-02"))
        .window("2025-05-01T00:00:00Z", "2025-05-02T00:00:00Z"),
};

pub(super) const INCOMPLETE_FETCH: Rule = Rule {
    since: "0.1.0",
    id: RuleId::INCOMPLETE_FETCH,
    code: "UR504",
    name: "incomplete-fetch",
    severity: Severity::Error,
    scope: Scope::Page,
    sentence: "All pages of a list must be there, once each, in order, and the last must be the last.",
    formula: "page numbers 0, 1, 2, …; next_page_url of the last page ∈ { absent, null, \"\" }; a new list may begin after it; no part of a fetch failed",
    origin: "The paging envelope of KORE's API.",
    false_positives: "A single page that was saved on purpose.",
    example: Example::new(
        "{\"usage_records\": [], \"meta\": {\"page\": 0, \"next_page_url\": \"https://api.example/v1/UsageRecords?Page=1\"}}\n",
    ),
    near_miss: Example::new(
        "{\"usage_records\": [], \"meta\": {\"page\": 0, \"next_page_url\": \"https://api.example/v1/UsageRecords?Page=1\"}}\n\
         {\"usage_records\": [], \"meta\": {\"page\": 1, \"next_page_url\": \"\"}}\n",
    ),
};
