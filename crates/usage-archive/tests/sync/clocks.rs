//! Whose clock counts, and what a clock that is wrong does to a sync.

use chrono::TimeDelta;
use usage_archive::{ErrorKind, Outcome};
use usage_model::Granularity;

use crate::{
    HOUR, NOW,
    emulated::{at, client},
    support::{Fixture, client_without_time, emulator, truth},
};

#[tokio::test(start_paused = true)]
async fn the_time_is_the_servers() {
    let emulator = emulator(NOW, &[]);
    let mut fixture = Fixture::new(Granularity::Daily);
    let report = fixture.sync(&emulator).await;
    assert!(report.is_servers_clock);
    assert_eq!(report.at, at(NOW));
    let account = report.account.unwrap();
    assert_eq!(
        fixture.archive.latest_read(&account).unwrap(),
        Some(at(NOW))
    );
}

#[tokio::test(start_paused = true)]
async fn a_clock_of_ours_far_behind_the_servers_does_not_hide_what_is_to_be_read() {
    let emulator = emulator(NOW, &[]);
    let mut fixture = Fixture::new(Granularity::Daily);
    fixture.sync(&emulator).await;
    emulator.advance(12 * HOUR).unwrap();
    fixture.sync(&emulator).await;
    emulator.advance(20 * 24 * HOUR).unwrap();
    // By our clock all was read, is final, and is older than the look-back.
    fixture.options.now = at("2026-11-01T00:00:00Z");
    let report = fixture.sync(&emulator).await;
    assert_eq!(report.outcome, Outcome::Complete, "{:?}", report.failed);
    assert_eq!(report.at, emulator.now());
    assert_eq!(
        fixture.texts().last(),
        truth(&emulator, None, Granularity::Daily).await.last()
    );
}

#[tokio::test(start_paused = true)]
async fn a_refusal_tells_the_time_too() {
    let emulator = emulator(NOW, &["early-start:600"]);
    let mut fixture = Fixture::new(Granularity::Daily);
    fixture.options.now = at("2024-01-01T00:00:00Z");
    let report = fixture.sync(&emulator).await;
    assert_eq!(report.outcome, Outcome::Complete, "{:?}", report.failed);
    assert_eq!(
        fixture.texts(),
        truth(&emulator, None, Granularity::Daily).await
    );
}

#[tokio::test(start_paused = true)]
async fn without_the_servers_time_ours_counts_and_may_not_go_back() {
    let emulator = emulator(NOW, &[]);
    let mut fixture = Fixture::new(Granularity::Daily);
    fixture.options.now = at(NOW);
    let report = fixture.try_sync(&client_without_time(&emulator)).await;
    let report = report.unwrap();
    assert_eq!((report.is_servers_clock, report.at), (false, at(NOW)));
    let head = fixture.archive.head().unwrap();
    fixture.options.now = at("2026-11-01T00:00:00Z");
    let error = fixture.try_sync(&client_without_time(&emulator)).await;
    let error = error.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ClockBack);
    let said = error.to_string();
    assert!(
        said.contains("the server tells no time, and our clock says 2026-11-01T00:00:00Z"),
        "{said}"
    );
    assert_eq!(fixture.archive.head().unwrap(), head);
}

#[tokio::test(start_paused = true)]
async fn a_server_whose_clock_went_back_is_refused() {
    let mut fixture = Fixture::new(Granularity::Daily);
    fixture.sync(&emulator(NOW, &[])).await;
    let before = fixture.archive.head().unwrap();
    let earlier = emulator("2026-11-20T06:24:59Z", &[]);
    let error = fixture.try_sync(&client(&earlier)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ClockBack);
    assert!(
        error.to_string().contains("2026-11-20T06:24:59Z"),
        "{error}"
    );
    assert_eq!(fixture.archive.head().unwrap(), before);
    // A few minutes are no clock that was set back.
    let near = emulator("2026-11-20T06:25:00Z", &[]);
    assert_eq!(fixture.sync(&near).await.outcome, Outcome::Complete);
}

/// `--start today` just after our midnight.
#[tokio::test(start_paused = true)]
async fn a_start_may_be_some_minutes_ahead_of_the_server() {
    let emulator = emulator("2026-11-19T23:58:00Z", &[]);
    let midnight = at("2026-11-20T00:00:00Z");
    for (ours, start) in [
        (midnight + TimeDelta::seconds(20), midnight),
        (at("2031-01-01T00:00:00Z"), midnight),
    ] {
        let mut fixture = Fixture::new(Granularity::Daily);
        fixture.options.now = ours;
        fixture.options.start = Some(start);
        let report = fixture.sync(&emulator).await;
        assert_eq!(report.outcome, Outcome::Complete, "{report:?}");
        fixture.options.start = Some(start + TimeDelta::days(1));
        fixture.options.now = ours + TimeDelta::days(2);
        let error = fixture.try_sync(&client(&emulator)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ClockWrong);
    }
}

#[tokio::test(start_paused = true)]
async fn a_login_page_in_place_of_a_window_tells_no_time() {
    let emulator = emulator(NOW, &[]);
    let mut fixture = Fixture::new(Granularity::Hourly);
    fixture.sync_windows(&emulator, 1).await;
    emulator.add_fault("html@1".parse().unwrap()).unwrap();
    let report = fixture.sync(&emulator).await;
    assert_eq!(report.outcome, Outcome::Complete);
    // Our own clock is years ahead, and nothing was read then.
    let account = emulator.account_sid();
    let latest = fixture.archive.latest_read(account.as_str()).unwrap();
    assert_eq!(latest, Some(at(NOW)));
}
