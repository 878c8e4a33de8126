//! What servers, proxies and gateways of this kind have done: every way of fetching is right under all of it.

use crate::program::{Emulated, Run, run_with};

const NOW: &str = "2026-11-01T06:00:00Z";

/// What the three ways of getting records checked say of a server.
struct Seen {
    fetched: Run,
    validated: Run,
    checked: Run,
}

/// Fetches and validates, and checks, each from a server of its own, because faults are counted.
fn seen(server: &str, range: (&str, &str), options: &str) -> Seen {
    let start = || Emulated::start(&format!("--now {NOW} {server}"));
    let (from, until) = range;
    let query = format!("--start {from} --end {until} {options}");
    let fetched = start().run(&format!("fetch {query} --format ndjson"));
    let granularity = options
        .split(' ')
        .skip_while(|word| *word != "--granularity")
        .nth(1);
    let granularity = granularity.unwrap_or("daily");
    let validated = run_with(
        &format!(
            "validate - --as-of {NOW} --start {from} --end {until} --granularity {granularity} --format json"
        ),
        &fetched.stdout,
        &[],
    );
    let checked = start().run(&format!("check {query} --format json"));
    Seen {
        fetched,
        validated,
        checked,
    }
}

impl Seen {
    /// Asserts that nothing is missing and nothing is wrong, with as many records as there are.
    fn complete(&self, records: usize, what: &str) {
        let Self {
            fetched,
            validated,
            checked,
        } = self;
        assert_eq!(fetched.code, 0, "{what}: {fetched:?}");
        assert_eq!(
            fetched.stdout.lines().count(),
            records,
            "{what}: {}",
            fetched.stderr
        );
        for report in [validated, checked] {
            assert_eq!(report.code, 0, "{what}: {report:?}");
            assert_eq!(report.report()["summary"]["records"], records, "{what}");
        }
    }

    /// Asserts that both ways say that the job could not be completed, and why.
    fn incomplete(&self, why: &str, what: &str) {
        for run in [&self.fetched, &self.checked] {
            run.failed(3);
            assert!(run.stderr.contains(why), "{what}: {run:?}");
            assert!(
                run.stderr.contains("missing: ") && run.stderr.contains("help: "),
                "{what}: {run:?}"
            );
        }
        assert_eq!(self.checked.report()["verdict"], "incomplete", "{what}");
    }
}

/// 214 days.
const MONTHS: (&str, &str) = ("2026-03-01", "2026-10-01");

/// 10 days.
const DAYS: (&str, &str) = ("2026-09-01", "2026-09-11");

#[test]
fn a_window_wider_than_the_server_takes_comes_in_pieces() {
    for days in [14, 31, 62, 90] {
        let fault = format!("--fault window-cap:{days}");
        seen(&fault, MONTHS, "").complete(214, &fault);
        seen(&fault, MONTHS, "--granularity hourly").complete(214 * 24, &fault);
        // The total comes in pieces, none of them longer than the cap, and they are told.
        let all = seen(&fault, MONTHS, "--granularity all");
        assert_eq!(all.fetched.code, 0, "{:?}", all.fetched);
        assert!(
            all.fetched
                .stderr
                .contains("each record is the total of a piece"),
            "{:?}",
            all.fetched
        );
        let pieces = all.fetched.stdout.lines().count();
        assert!(
            pieces >= 214_usize.div_ceil(days),
            "{pieces} pieces of at most {days} days"
        );
        assert_eq!(all.validated.report()["summary"]["records"], pieces);
        assert_eq!(all.checked.report()["summary"]["records"], pieces);
    }
}

#[test]
fn a_start_that_is_too_early_for_the_server_is_missing_to_the_day_and_the_rest_comes() {
    // 90 days before the present is 3 August.
    for granularity in ["daily", "hourly"] {
        let run = seen(
            "--fault early-start:90",
            MONTHS,
            &format!("--granularity {granularity}"),
        );
        run.incomplete("missing: 2026-03-01 to 2026-08-0", granularity);
        let records = run.fetched.stdout.lines().count();
        let a_day = if granularity == "daily" { 1 } else { 24 };
        // What is delivered is at least what is certain to be served.
        assert!(
            (58..=60).contains(&(records / a_day)),
            "{granularity}: {records}"
        );
        assert_eq!(run.validated.report()["summary"]["records"], records);
    }
}

#[test]
fn an_answer_to_another_question_is_an_error() {
    for (fault, why) in [
        ("drop-query", "outside the window that was asked for"),
        ("ignore-window", "outside the window that was asked for"),
        ("shift-window:365", "outside the window that was asked for"),
        ("shift-window:30", "outside the window that was asked for"),
        ("shift-window:7", "outside the window that was asked for"),
    ] {
        for options in ["", "--granularity hourly", "--granularity all"] {
            let what = format!("{fault} {options}");
            let run = seen(&format!("--fault {fault}"), DAYS, options);
            for run in [&run.fetched, &run.checked] {
                run.failed(3);
            }
            assert!(
                run.fetched.stderr.contains(why) || run.fetched.stderr.contains("another query"),
                "{what}: {:?}",
                run.fetched
            );
        }
    }
    // One answer for every window: the first is right, the others are the first again.
    let run = seen("--fault cache", MONTHS, "--granularity hourly");
    run.fetched.failed(3);
    run.checked.failed(3);
    let delivered = run.fetched.stdout.lines().count();
    assert!(delivered < 214 * 24, "{delivered}");
    assert!(
        run.fetched.stderr.contains("missing: "),
        "{:?}",
        run.fetched
    );
}

#[test]
fn links_that_name_the_same_window_otherwise_are_followed() {
    for dialect in [
        "widened-links",
        "minute-links",
        "capital-links",
        "widened-links,minute-links,capital-links",
    ] {
        for order in ["oldest-first", "newest-first"] {
            let server = format!("--dialect {dialect} --order {order}");
            for end in ["exclusive", "inclusive"] {
                let server = format!("{server} --end-of-window {end}");
                let options = "--granularity hourly --page-size 7";
                let run = seen(&server, ("2026-09-01", "2026-09-03"), options);
                assert_eq!(run.fetched.code, 0, "{server}: {:?}", run.fetched);
                let records = run.fetched.stdout.lines().count();
                // With an inclusive end the day of it is served, too.
                let expected = if end == "inclusive" { 48..=72 } else { 48..=48 };
                assert!(expected.contains(&records), "{server}: {records}");
                assert_eq!(run.checked.code, 0, "{server}: {:?}", run.checked);
            }
        }
    }
}

#[test]
fn empty_pages_without_an_end_and_pages_too_full_end_in_an_error() {
    let run = seen("--fault empty-page", DAYS, "");
    run.incomplete("pages in a row without records", "empty-page");
    // Some in the middle are no end.
    seen(
        "--fault empty-page@1 --fault empty-page@3",
        DAYS,
        "--granularity hourly --page-size 10",
    )
    .complete(240, "empty pages in the middle");
    for surplus in [1, 50] {
        let fault = format!("--fault surplus:{surplus}");
        let run = seen(&fault, DAYS, "--page-size 5 --granularity hourly");
        run.incomplete(
            "more records on a page than the 5 that were asked for",
            &fault,
        );
    }
}

#[test]
fn of_a_record_that_comes_twice_with_other_figures_the_later_is_delivered() {
    let fault = "--fault duplicate:2026-09-05:data.total:+7";
    let run = seen(fault, DAYS, "");
    assert_eq!(run.fetched.code, 1, "{:?}", run.fetched);
    assert_eq!(run.fetched.stdout.lines().count(), 10);
    assert!(
        run.fetched
            .stderr
            .contains("read twice with different figures"),
        "{:?}",
        run.fetched
    );
    // The later copy is the one that does not add up.
    assert_eq!(run.validated.codes(), ["UR201", "UR202"]);
    assert_eq!(run.checked.code, 1, "{:?}", run.checked);
    assert!(
        run.checked.codes().contains(&"UR402".to_owned()),
        "{:?}",
        run.checked.codes()
    );
    // The same figures twice are one record, and only the check that sees both of them says so.
    let run = seen("--fault duplicate:2026-09-05", DAYS, "");
    assert_eq!(run.fetched.stdout.lines().count(), 10);
    assert_eq!((run.validated.code, run.checked.code), (0, 0));
    assert_eq!(run.checked.codes(), ["UR401"]);
}

#[test]
fn waits_gateways_and_errors_in_disguise_are_got_over() {
    for fault in [
        "status:429@1;retry-after=0.05",
        "status:429@1;retry-after-date=1;no-date",
        "status:503@1;retry-after-date=0",
        "status:520@1",
        "status:523@1;body=html",
        "status:529@1;body=empty",
        "status:503@1;body=api;sent-as=200",
        "status:429@1;body=api;sent-as=200;retry-after=0",
        "status:503@1;body=problem;sent-as=200",
        "status:500@1;body=error;sent-as=200",
        "cut@1",
        "reset@1",
        "status:503@1;on=token",
        "cut@1;on=token",
    ] {
        seen(&format!("--fault {fault}"), DAYS, "").complete(10, fault);
    }
    let run = seen("--fault html", DAYS, "");
    run.incomplete("text/html instead of a page of the list", "html");
}

#[test]
fn bodies_are_read_whatever_they_are_wrapped_in() {
    for dialect in [
        "gzip-members",
        "capital-coding",
        "x-gzip",
        "created-token",
        "byte-order-mark",
        "gzip-members,x-gzip,byte-order-mark,created-token,text-lifetime,meta-strings,empty-end",
    ] {
        let server = format!("--dialect {dialect}");
        seen(&server, DAYS, "--granularity hourly --page-size 50").complete(240, dialect);
    }
}

#[test]
fn an_error_is_told_in_the_servers_words_whatever_the_shape() {
    for shape in ["api", "text", "xml", "html", "problem", "errors", "error"] {
        let fault = format!("--fault status:400;body={shape}");
        let run = seen(&fault, DAYS, "");
        run.incomplete("HTTP 400", shape);
        let said = run
            .fetched
            .stderr
            .lines()
            .find(|line| line.contains("the server says"));
        let said = said.unwrap_or_default();
        assert!(
            said.len() > "  the server says ".len() + 3 && !said.contains('<'),
            "{shape}: {said}"
        );
    }
    seen("--fault status:400;body=empty", DAYS, "").incomplete("HTTP 400", "empty");
}

#[test]
fn a_page_size_that_the_server_does_not_take_is_made_smaller() {
    for fault in [
        "page-size-cap:200",
        "page-size-cap:50",
        "page-size-cap:100:500",
    ] {
        let server = format!("--fault {fault}");
        let options = "--granularity hourly --attempts 1";
        seen(&server, MONTHS, options).complete(214 * 24, fault);
    }
}

#[test]
fn amounts_with_more_digits_than_any_money_has_are_kept() {
    let run = seen("--dialect long-amounts", DAYS, "");
    run.complete(10, "long amounts");
    let is_of_an_amount = |c: &char| c.is_ascii_digit() || *c == '.';
    let digits = |text: &str| {
        let amounts = text.split("\"billed\":").skip(1);
        let lengths = amounts.map(|rest| rest.chars().take_while(is_of_an_amount).count());
        lengths.max().unwrap_or(0)
    };
    assert!(digits(&run.fetched.stdout) > 40);
    let rule = &run.checked.report()["summary"]["rules"]["UR107"];
    assert!(rule["failed"].as_u64() > Some(0), "{rule}");
}

#[test]
fn a_window_in_the_future_of_the_server_is_never_a_success() {
    // By our clock the window is long over.
    let emulator = Emulated::start("--now 2026-03-15T12:00:00Z");
    let window = "--start 2026-04-01 --end 2026-04-03";
    for command in [
        "fetch --format ndjson",
        "fetch --format table --all-sims",
        "check --allow-empty",
        "summary",
        "report",
        "fleet",
    ] {
        let run = emulator.run(&format!("{command} {window}"));
        let said = run.failed(3);
        assert!(
            said.contains(
                "the window starts at 2026-04-01T00:00:00Z, which lies in the future of the server: \
                 its clock says 2026-03-15T12:00:00Z"
            ),
            "{command}: {said}"
        );
    }
}
