//! What a report holds, whatever the records say.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use chrono::{DateTime, TimeDelta, Utc};
use usage_model::{SimRecord, UsageRecord, Window, read_records};
use usage_report::{
    Report, ReportBuilder, html,
    terminal::{Layout, report},
};
use usage_table::{FleetOptions, SimUsage};
use usage_validate::{Config, FailOn, Outcome, Validator};

const AS_OF: &str = "2026-11-01T06:00:00Z";

/// The report of records as a page has them.
fn of(input: &str) -> Report {
    let mut validator = Validator::new(&Config::new(AS_OF.parse().unwrap()));
    let mut builder = ReportBuilder::new();
    let mut findings = Vec::new();
    for item in read_records(input.as_bytes()) {
        let item = item.unwrap();
        findings.extend(validator.item(&item));
        match &item {
            usage_model::Item::Record(_, record) => builder.record(record),
            _ => builder.malformed(),
        }
    }
    let (last, summary) = validator.finish();
    findings.extend(last);
    builder.finish(findings, Outcome::new(summary, FailOn::Error, Vec::new()))
}

/// Daily records of 18 months in which each of 20 countries has a part.
fn months() -> String {
    let first: DateTime<Utc> = "2025-05-01T00:00:00Z".parse().unwrap();
    let mut text = String::new();
    for day in 0..549_i64 {
        let start = first + TimeDelta::days(day);
        let end = start + TimeDelta::days(1);
        let mut countries = Vec::new();
        for country in 0..20_u8 {
            let code: String = [b'A' + country, b'B', b'C']
                .map(char::from)
                .iter()
                .collect();
            let total = 1_000_000 + day * 977 + i64::from(country) * 7919;
            countries.push(format!(
                r#"{{"country_code":"{code}","total":{total},"download":{total},"upload":0}}"#
            ));
        }
        let international: i64 = (0..20)
            .map(|country| 1_000_000 + day * 977 + country * 7919)
            .sum();
        let (home, national) = (500_000_000 + day * 88_001, 3_000_000 + day * 13);
        let total = international + home + national;
        text.push_str(&format!(
            r#"{{"account_sid":"AC0123456789abcdef0123456789abcdef","period":{{"start":"{start:?}","end":"{end:?}"}},
            "data":{{"total":{total},"download":{total},"upload":0,"home":{{"total":{home},"download":{home},"upload":0}},
            "national_roaming":{{"total":{national},"download":{national},"upload":0}},"international_roaming":[{}]}}}}"#,
            countries.join(",")
        ).replace('\n', ""));
        text.push('\n');
    }
    text
}

#[test]
fn eighteen_months_of_days_in_twenty_countries_take_150_kilobytes_at_most() {
    let report = of(&months());
    assert_eq!(report.days.rows.len(), 549);
    assert_eq!(report.countries.rows.len(), 21);
    let html = html(&report);
    assert!(html.len() <= 150_000, "{} bytes", html.len());
    assert!(
        html.contains("<figure id=usage-by-day ") && html.contains("<figure id=usage-by-country ")
    );
}

#[test]
fn a_fleet_of_5000_sims_takes_a_megabyte_at_most() {
    let mut report = of(&months());
    let record: UsageRecord = serde_json::from_str(months().lines().next().unwrap()).unwrap();
    let window = Window::new(
        "2025-05-01T00:00:00Z".parse().unwrap(),
        AS_OF.parse().unwrap(),
    )
    .unwrap();
    let options = FleetOptions::new(window, AS_OF.parse().unwrap());
    report.sims = (0..5000)
        .map(|number| {
            let sim = format!(
                r#"{{"sid":"DE{number:032x}","unique_name":"pump {number}","status":"active"}}"#
            );
            let sim: SimRecord = serde_json::from_str(&sim).unwrap();
            let mut usage = SimUsage::new();
            if number % 2 == 0 {
                usage.record(&record);
            }
            usage.finish(&sim, &options)
        })
        .collect();
    report.rank_sims();
    let html = html(&report);
    assert!(html.len() <= 1_000_000, "{} bytes", html.len());
    assert!(html.contains("5000 in all"));
    assert!(html.contains(" others<td"), "the rest is one row");
}

const HOSTILE: &str = r#"{"account_sid":"</title><script>alert(1)</script>","sim_sid":"<img src=x onerror=alert(1)>","period":{"start":"2026-10-01T00:00:00Z","end":"2026-10-02T00:00:00Z"},"data":{"total":7,"download":5,"upload":3,"billed":1,"billing_units":"<b onclick=x>","international_roaming":[{"country_code":"\"><svg onload=alert(1)>\u202e\u001b[2J","total":7,"download":5,"upload":2}]}}
{"data":{"total":"<script>alert(2)</script>"}}
"#;

#[test]
fn no_text_of_the_records_becomes_anything_but_text() {
    let mut report = of(HOSTILE);
    let sim: SimRecord = serde_json::from_str(
        r#"{"sid":"<script>1</script>","unique_name":"'\"><script>2</script>","status":"</table><script>3"}"#,
    )
    .unwrap();
    let window = report.window_of_days().unwrap();
    let options = FleetOptions::new(window, report.as_of);
    report.sims = vec![SimUsage::new().finish(&sim, &options)];
    let html = html(&report);
    for alien in [
        "<script",
        "<img",
        "<b ",
        "onload=alert(1)>\u{202e}",
        "\u{202e}",
        "\u{1b}",
    ] {
        assert!(!html.contains(alien), "{alien:?} is in the report");
    }
    assert!(html.contains("&lt;script&gt;1&lt;/script&gt;"));
    let terminal = usage_report::terminal::report(&report, Layout::new(Some(80), false));
    assert!(
        !terminal.contains('\u{1b}') && !terminal.contains('\u{202e}'),
        "{terminal}"
    );
}

#[test]
fn a_report_loads_and_runs_nothing() {
    let html = html(&of(&months()));
    assert!(html.contains("content=\"default-src 'none'; style-src 'sha256-"));
    for loading in [
        "<script", "<link", "src=", "href=", "url(", "http:", "https:", "@import", "style=",
    ] {
        assert!(!html.contains(loading), "{loading} is in the report");
    }
}

#[test]
fn days_are_final_settling_provisional_or_missing() {
    let day = |day: &str, next: &str| {
        format!(
            r#"{{"period":{{"start":"2026-{day}T00:00:00Z","end":"2026-{next}T00:00:00Z"}},"data":{{"total":5}}}}"#
        )
    };
    let records = [
        day("10-27", "10-28"),
        day("10-29", "10-30"),
        day("10-30", "10-31"),
        day("10-31", "11-01"),
    ];
    let text = report(&of(&records.join("\n")), Layout::default());
    assert!(
        text.contains("Days: 2 final, 1 settling, 1 provisional, 1 missing"),
        "{text}"
    );
}

#[test]
fn one_missing_day_of_18_months_lies_on_top_of_the_strip() {
    let days = months();
    let days: Vec<&str> = days.lines().collect();
    let without_one = [&days[..300], &days[301..]].concat().join("\n");
    let html = html(&of(&without_one));
    let strip = html.split("<figure id=states").nth(1).unwrap();
    let strip = strip.split("</svg>").next().unwrap();
    let last = strip.rsplit("<rect ").next().unwrap();
    assert!(
        last.starts_with("class=x x=4153 width=40 "),
        "the last is {last}"
    );
}

#[test]
fn an_equation_keeps_its_columns_on_a_narrow_page() {
    let wrong = r#"{"period":{"start":"2026-10-01T00:00:00Z","end":"2026-10-02T00:00:00Z"},"data":{"total":9,"download":5,"upload":3}}"#;
    let html = html(&of(wrong));
    let equations: Vec<&str> = html.split("<span class=eq ").skip(1).collect();
    assert_eq!(equations.len(), 1);
    let equation = equations[0].split("</span>").next().unwrap();
    assert!(
        equation.contains("| + /data/upload") && !equation.contains("= help"),
        "{equation}"
    );
}

#[test]
fn figures_have_one_unit_in_headline_chart_and_table() {
    let day = r#"{"period":{"start":"2026-10-01T00:00:00Z","end":"2026-10-02T00:00:00Z"},"data":{"total":7529400000,"download":529400000,"upload":7000000000}}"#;
    let report_of_day = of(day);
    let terminal = report(&report_of_day, Layout::default());
    assert!(
        terminal.contains("7529.4 MB of data")
            && terminal.contains("data MB  download MB  upload MB")
            && terminal.contains("7529.4        529.4     7000.0"),
        "{terminal}"
    );
    let html = html(&report_of_day);
    assert!(
        html.contains("<dd>7529.4&nbsp;MB<")
            && html.contains(">8000 MB</text>")
            && html.contains("data-value=7529400000>7529.4"),
        "{html}"
    );
    assert!(!html.contains("GB"), "{html}");
}

#[test]
fn a_chart_of_nothing_says_so() {
    let day = r#"{"period":{"start":"2026-10-01T00:00:00Z","end":"2026-10-02T00:00:00Z"},"data":{"total":5}}"#;
    let html = html(&of(day));
    assert!(html.contains("<h1>SIM usage, 2026-10-01</h1>"), "{html}");
    let commands = html.split("<figure id=commands-by-month").nth(1).unwrap();
    let before_table = commands.split("<details>").next().unwrap();
    assert!(
        before_table.contains("All figures are 0.") && !before_table.contains("<svg"),
        "{before_table}"
    );
}

#[test]
fn a_total_without_its_directions_is_not_said_to_be_0() {
    let day = r#"{"period":{"start":"2026-10-01T00:00:00Z","end":"2026-10-02T00:00:00Z"},"commands":{"total":7}}"#;
    let html = html(&of(day));
    let commands = html.split("<figure id=commands-by-month").nth(1).unwrap();
    let before_table = commands.split("<details>").next().unwrap();
    assert!(
        before_table.contains("No record says how its total is split."),
        "{before_table}"
    );
    assert!(commands.contains("data-value=7"), "{commands}");
}

/// The bars of the first network: where each stands, in tenths of a pixel.
fn bars(html: &str, chart: &str) -> Vec<u64> {
    let figure = html.split(&format!("<figure id={chart} ")).nth(1).unwrap();
    let path = figure.split("<path class=a ").nth(1).unwrap();
    let path = path
        .split("d=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let moves = path.split('M').skip(1);
    moves
        .map(|one| one.split(' ').next().unwrap().parse().unwrap())
        .collect()
}

#[test]
fn missing_days_and_months_leave_a_gap_in_the_charts() {
    let day = |start: &str, end: &str| {
        format!(
            r#"{{"period":{{"start":"{start}T00:00:00Z","end":"{end}T00:00:00Z"}},"data":{{"total":5,"home":{{"total":5}}}}}}"#
        )
    };
    let days = [
        day("2026-06-29", "2026-06-30"),
        day("2026-06-30", "2026-07-01"),
        day("2026-10-29", "2026-10-30"),
    ];
    let html = html(&of(&days.join("\n")));
    let days = bars(&html, "usage-by-day");
    assert!(
        days[1] - days[0] < 60 && (6800..6860).contains(&(days[2] - days[1])),
        "the days stand at {days:?}"
    );
    let months = bars(&html, "usage-by-month");
    assert_eq!(months.len(), 2);
    assert!(
        (5540..=5560).contains(&(months[1] - months[0])),
        "four of five months apart: {months:?}"
    );
    // August has no record, and its name all the same.
    assert!(html.contains(">2026-08</text>"), "{html}");
}

#[test]
fn few_days_have_their_dates_below_them() {
    let day = r#"{"period":{"start":"2026-10-12T00:00:00Z","end":"2026-10-13T00:00:00Z"},"data":{"total":5}}"#;
    assert!(html(&of(day)).contains(">2026-10-12</text>"));
}
