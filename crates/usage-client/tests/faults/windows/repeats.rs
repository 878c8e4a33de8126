//! Records that two windows, two pieces of one or two pages bring.

use super::*;

#[tokio::test]
async fn an_inclusive_end_brings_no_record_twice() {
    let api = Server::answering(|request| {
        let inclusive = Hourly {
            inclusive: true,
            ..Hourly::default()
        };
        inclusive.answer(request)
    })
    .await;
    for at_a_time in [1, 4] {
        let gathered = gather(&client(&api), ten_days(), &plan(at_a_time)).await;
        // The last hour is beyond the range, where no window follows to say otherwise.
        assert_eq!(all(&gathered), served(START, "2026-09-11T01:00:00Z"));
        assert_eq!(
            (gathered.report.repeated, gathered.report.differing),
            (4, 0)
        );
    }
}

/// The pieces of a window meet as windows do, and the server widens each of them.
#[tokio::test]
async fn pieces_of_a_window_bring_no_record_twice() {
    let api = Server::answering(|request| {
        let habits = Hourly {
            whole_end: true,
            longest: Some(31),
            largest_page: Some(50),
            ..Hourly::default()
        };
        habits.answer(request)
    })
    .await;
    // A window and another one, and a window alone. The last day is beyond the range, where no window follows
    // to say otherwise.
    let start = "2026-05-01T00:00:00Z";
    for (end, last) in [
        ("2026-07-02T00:00:00Z", "2026-07-03T00:00:00Z"),
        ("2026-06-11T00:00:00Z", "2026-06-12T00:00:00Z"),
    ] {
        for at_a_time in [1, 4] {
            let query = hours(start, end, 1000);
            let gathered = gather(&client(&api), query, &plan(at_a_time)).await;
            assert_eq!(all(&gathered), served(start, last), "{end} {at_a_time}");
            for page in &gathered.pages {
                let (window, piece) = (page.window, page.query.window());
                assert!(window.start() <= piece.start() && piece.end() <= window.end());
            }
            let report = &gathered.report;
            assert!(report.repeated >= 24 && report.differing == 0);
        }
    }
}

/// Pages of a list that moves, one of them empty, another with nothing that is new.
#[tokio::test]
async fn a_record_that_comes_again_after_other_pages_is_delivered_once() {
    for list in [
        [&[0, 1][..], &[], &[1, 2], &[3]],
        [&[0, 1, 2], &[1, 2], &[], &[1, 2, 3]],
        [&[0, 1], &[1, 2], &[], &[1, 2, 3]],
    ] {
        let steps = list.iter().zip(1..).map(|(hours, number)| {
            let next = format!(r#""?Page={number}""#);
            hours_page(hours, if number == list.len() { "null" } else { &next })
        });
        let api = Server::start(steps).await;
        let (start, end) = ("2025-01-01T00:00:00Z", "2025-01-01T04:00:00Z");
        let gathered = gather(&client(&api), hours(start, end, 50), &plan(1)).await;
        assert_eq!(all(&gathered), served(start, end), "{list:?}");
        let came: usize = list.iter().map(|hours| hours.len()).sum();
        assert_eq!(gathered.report.repeated, u64::try_from(came).unwrap() - 4);
    }
}

#[tokio::test]
async fn a_record_with_other_figures_the_second_time_is_reported() {
    let calls = Arc::new(AtomicU32::new(0));
    let api = {
        let calls = Arc::clone(&calls);
        Server::answering(move |request| {
            let drifting = Hourly {
                inclusive: true,
                drift: calls.fetch_add(1, Ordering::SeqCst).into(),
                ..Hourly::default()
            };
            drifting.answer(request)
        })
        .await
    };
    let query = hours(START, "2026-09-05T00:00:00Z", 50);
    let gathered = gather(&client(&api), query, &plan(1)).await;
    assert_eq!(gathered.report.differing, 1);
    let [differing] = &gathered.pages[1].differing[..] else {
        panic!("{gathered:?}");
    };
    assert!(!differing.is_latest);
    assert_ne!(
        differing.delivered.record.data,
        differing.dropped.record.data
    );
    assert_eq!(
        differing.delivered.record.period,
        differing.dropped.record.period
    );
    assert_eq!(gathered.pages[1].repeated, 1);
    // The record was delivered with the window before, as it came first.
    let first = gathered.pages[0].records.last().unwrap();
    assert_eq!(first.as_ref().unwrap(), &differing.delivered);
}
