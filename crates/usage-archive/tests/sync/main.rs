//! Keeping an archive current from an emulated account in process.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test binary has no public interface, and fails where a helper fails"
)]

mod clocks;
mod emulated;
mod support;

use std::{num::NonZeroU32, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use usage_archive::{ErrorKind, Outcome, Remark, Subset, SyncSims};
use usage_client::ErrorKind as FetchErrorKind;
use usage_emulator::{DepartedSims, EmptyPeriods, Emulator};
use usage_model::{Granularity, UsageRecord};

use emulated::{at, client, client_with, sims};
use support::{Fixture, emulator, truth, with_faults};

const NOW: &str = "2026-11-20T06:30:00Z";
const HOUR: Duration = Duration::from_hours(1);

/// The time a day before the first SIM leaves.
async fn eve_of_departure(emulator: &Emulator) -> DateTime<Utc> {
    let mut before = sims(emulator).await;
    for _ in 0..720 {
        emulator.advance(24 * HOUR).unwrap();
        let now = sims(emulator).await;
        if !before.is_subset(&now) {
            return emulator.now() - TimeDelta::days(1);
        }
        before = now;
    }
    panic!("no SIM leaves within two years");
}

#[tokio::test(start_paused = true)]
async fn three_syncs_read_all_then_confirm_it_then_ask_only_for_the_last_days() {
    let emulator = emulator(NOW, &[]);
    let mut fixture = Fixture::new(Granularity::Hourly);
    let first = fixture.sync(&emulator).await;
    let records = u64::try_from(truth(&emulator, None, Granularity::Hourly).await.len()).unwrap();
    assert_eq!(first.outcome, Outcome::Complete);
    assert_eq!(first.appended.added, records);
    // One more than there are pages, because our own clock was wrong.
    assert_eq!(first.requests, records.div_ceil(1000) + 1);
    let look = first.first.unwrap();
    assert_eq!(look.periods[&Granularity::Hourly], records);
    assert_eq!(look.next_deletion, Some(at("2026-11-21T00:00:00Z")));
    assert_eq!(
        fixture.texts(),
        truth(&emulator, None, Granularity::Hourly).await
    );

    emulator.advance(12 * HOUR).unwrap();
    let second = fixture.sync(&emulator).await;
    assert_eq!(second.first, None);
    assert_eq!(second.requests, records.div_ceil(1000) + 1);
    assert!(second.appended.now_final > 13_000, "{second:?}");
    assert!(!second.appended.final_figures_changed());
    // Nothing but the last two days is not final.
    assert_eq!(second.next_deletion, Some(at("2028-05-19T00:00:00Z")));

    emulator.advance(HOUR).unwrap();
    let third = fixture.sync(&emulator).await;
    assert_eq!((third.windows, third.requests), (1, 2));
    assert_eq!(
        fixture.texts(),
        truth(&emulator, None, Granularity::Hourly).await
    );
}

#[tokio::test(start_paused = true)]
async fn what_cannot_become_final_yet_is_not_asked_for_again() {
    let emulator = emulator(NOW, &[]);
    let mut fixture = Fixture::new(Granularity::Hourly);
    fixture.sync(&emulator).await;
    emulator.advance(11 * HOUR).unwrap();
    assert_eq!(fixture.sync(&emulator).await.windows, 1);
    emulator.advance(HOUR).unwrap();
    assert!(fixture.sync(&emulator).await.windows > 10);
}

#[tokio::test(start_paused = true)]
async fn each_granularity_and_sim_is_kept_beside_the_account() {
    let emulator = emulator(NOW, &[]);
    let mut fixture = Fixture::new(Granularity::Daily);
    fixture.options.granularities = vec![Granularity::Daily, Granularity::All];
    fixture.options.concurrency = NonZeroU32::new(3).unwrap();
    let sims = emulator.sims();
    fixture.options.sims = SyncSims::Only(sims[..2].to_vec());
    let report = fixture.sync(&emulator).await;
    assert_eq!(report.outcome, Outcome::Complete);
    let mut expected = truth(&emulator, None, Granularity::Daily).await;
    for sim in &sims[..2] {
        expected.extend(truth(&emulator, Some(*sim), Granularity::Daily).await);
    }
    let held = fixture.texts();
    assert!(held.is_superset(&expected));
    // And seventeen whole months of the account and of each SIM.
    assert_eq!(held.len(), expected.len() + 3 * 17);
}

#[tokio::test(start_paused = true)]
async fn a_sim_that_leaves_is_asked_until_its_last_days_are_final() {
    for (departed, is_found) in [(DepartedSims::Unlisted, true), (DepartedSims::Gone, false)] {
        let builder = || {
            let builder = Emulator::builder().seed(11).sims(12).turnover(100);
            builder.departed_sims(departed).now(at(NOW))
        };
        let eve = eve_of_departure(&builder().build().unwrap()).await;
        let emulator = builder().build().unwrap();
        emulator.advance_to(eve).unwrap();
        let mut fixture = Fixture::new(Granularity::Daily);
        fixture.options.start = Some(eve - TimeDelta::days(30));
        fixture.options.sims = SyncSims::All;
        let account = emulator.account_sid();
        let mut remarks = Vec::new();
        for _ in 0..18 {
            let report = fixture.sync(&emulator).await;
            assert_eq!(report.outcome, Outcome::Complete, "{:?}", report.failed);
            remarks.extend(report.remarks);
            emulator.advance(12 * HOUR).unwrap();
        }
        let known = fixture.archive.known_sims(account.as_str()).unwrap();
        let left = known.into_iter().find(|sim| sim.left_at.is_some()).unwrap();
        let asked = |emulator: &Emulator| {
            let requests = emulator.requests();
            requests
                .iter()
                .any(|request| request.target.contains(left.sid.as_str()))
        };
        emulator.clear_requests();
        fixture.sync(&emulator).await;
        assert!(!asked(&emulator), "{departed:?}");
        let held = fixture.texts();
        let of_left = held.iter().filter(|text| text.contains(left.sid.as_str()));
        assert!(of_left.count() > 0);
        if is_found {
            assert_eq!(remarks, []);
        } else {
            assert_eq!(remarks, [Remark::SimGone(left.sid)]);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_list_of_sims_that_fails_leaves_those_that_are_known() {
    let emulator = emulator(NOW, &[]);
    let mut fixture = Fixture::new(Granularity::Daily);
    fixture.options.sims = SyncSims::All;
    let first = fixture.sync(&emulator).await;
    assert_eq!((first.windows, first.outcome), (5, Outcome::Complete));
    // The list told the server's time, so that nothing was planned for another.
    assert_eq!(first.requests, 6);
    emulator.advance(12 * HOUR).unwrap();
    emulator
        .add_fault("status:403@1;on=sims".parse().unwrap())
        .unwrap();
    let second = fixture.sync(&emulator).await;
    assert_eq!((second.windows, second.outcome), (5, Outcome::Incomplete));
    assert_eq!(second.failed[0].what, "the list of SIMs");
}

#[tokio::test(start_paused = true)]
async fn a_sync_that_is_stopped_is_taken_up_where_it_ended() {
    let emulator = emulator(NOW, &[]);
    let mut fixture = Fixture::new(Granularity::Hourly);
    let stopped = fixture.sync_windows(&emulator, 5).await;
    assert_eq!(stopped.outcome, Outcome::Interrupted);
    assert_eq!(stopped.windows, 5);
    let [missing] = &stopped.not_asked[..] else {
        panic!("{:?}", stopped.not_asked)
    };
    assert_eq!(missing.what, "hourly of the account");
    assert_eq!(missing.window.end(), at(NOW));
    fixture.archive.verify(Subset::ALL).unwrap();
    let next = fixture.sync(&emulator).await;
    assert_eq!((next.windows, next.first), (9, None));
    assert_eq!(
        fixture.texts(),
        truth(&emulator, None, Granularity::Hourly).await
    );
}

#[tokio::test(start_paused = true)]
async fn a_window_that_fails_costs_itself_and_is_read_by_the_next_sync() {
    let emulator = emulator(NOW, &["status:503@4x3"]);
    let mut fixture = Fixture::new(Granularity::Hourly);
    let report = fixture.sync(&emulator).await;
    assert_eq!(report.outcome, Outcome::Incomplete);
    assert_eq!(
        (report.windows, report.failed.len(), report.not_asked.len()),
        (13, 1, 0)
    );
    assert_eq!(report.failed[0].error.kind(), FetchErrorKind::Server);
    assert_eq!(report.next_deletion, Some(at("2026-11-21T00:00:00Z")));
    let next = fixture.sync(&emulator).await;
    assert_eq!((next.windows, next.outcome), (2, Outcome::Complete));
    assert_eq!(
        fixture.texts(),
        truth(&emulator, None, Granularity::Hourly).await
    );
}

#[tokio::test(start_paused = true)]
async fn a_server_in_distress_is_not_asked_for_every_window() {
    let emulator = emulator(NOW, &["status:503@4x1000"]);
    let mut fixture = Fixture::new(Granularity::Hourly);
    let report = fixture.sync(&emulator).await;
    assert_eq!((report.failed.len(), report.not_asked.len()), (3, 1));
    assert_eq!(report.requests, 3 + 3 * 3);
}

#[tokio::test(start_paused = true)]
async fn a_limit_of_the_server_is_found_once_and_kept_to() {
    let emulator = emulator(NOW, &["window-cap:31"]);
    let mut fixture = Fixture::new(Granularity::Hourly);
    let report = fixture.sync(&emulator).await;
    assert_eq!(report.outcome, Outcome::Complete, "{:?}", report.failed);
    emulator.clear_faults();
    assert!(report.requests < 40, "{}", report.requests);
    assert_eq!(
        fixture.texts(),
        truth(&emulator, None, Granularity::Hourly).await
    );
}

#[tokio::test(start_paused = true)]
async fn what_starts_too_early_is_said_once_and_asked_for_no_more() {
    for (granularity, records) in [
        (Granularity::Daily, 100),
        (Granularity::Hourly, 99 * 24 + 7),
    ] {
        let emulator = emulator(NOW, &["early-start:100"]);
        let mut fixture = Fixture::new(granularity);
        let report = fixture.sync(&emulator).await;
        assert_eq!(report.outcome, Outcome::Complete, "{:?}", report.failed);
        let [Remark::StartRefused { from, reason, .. }] = report.remarks.as_slice() else {
            panic!("{:?}", report.remarks);
        };
        assert_eq!(*from, at("2026-08-13T00:00:00Z"));
        assert!(reason.contains("more than 100 days ago"), "{reason}");
        assert_eq!(fixture.texts().len(), records);
        for _ in 0..3 {
            emulator.advance(12 * HOUR).unwrap();
            let next = fixture.sync(&emulator).await;
            assert_eq!(next.outcome, Outcome::Complete, "{:?}", next.failed);
            assert_eq!(next.remarks, []);
        }
        // Nothing is left that the server would show and that is not final, but for the last two days.
        let series = fixture.archive.series().unwrap();
        let deletion = fixture
            .archive
            .next_deletion(&series[0].account, emulator.now());
        assert!(deletion.unwrap() > Some(at("2028-05-01T00:00:00Z")));
        emulator.clear_faults();
        fixture.options.all = true;
        fixture.sync(&emulator).await;
        let all = truth(&emulator, None, granularity).await;
        assert!(fixture.texts().is_superset(&all));
    }
}

#[tokio::test(start_paused = true)]
async fn a_window_that_is_refused_among_others_is_missing() {
    let emulator = emulator(NOW, &["status:400@4x30"]);
    let mut fixture = Fixture::new(Granularity::Hourly);
    let report = fixture.sync(&emulator).await;
    assert_eq!(report.outcome, Outcome::Incomplete);
    assert_eq!(report.remarks, []);
}

#[tokio::test(start_paused = true)]
async fn another_account_behind_the_same_source_is_refused() {
    let first = emulator(NOW, &[]);
    let mut fixture = Fixture::new(Granularity::Daily);
    fixture.sync(&first).await;
    let before = fixture.archive.head().unwrap();
    let other = Emulator::builder().seed(4).sims(4).now(at(NOW));
    let other = other.build().unwrap();
    let error = fixture.try_sync(&client(&other)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ForeignAccount);
    let said = error.to_string();
    assert!(said.contains(other.account_sid().as_str()), "{said}");
    assert!(said.contains(first.account_sid().as_str()), "{said}");
    assert_eq!(fixture.archive.head().unwrap(), before);
    // Under a name of its own it is kept beside the first.
    fixture.options.source = "there".to_owned();
    fixture.sync(&other).await;
    let series = fixture.archive.series().unwrap();
    assert_eq!(series.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_cache_that_answers_with_another_window_brings_nothing() {
    let emulator = emulator(NOW, &["cache"]);
    let mut fixture = Fixture::new(Granularity::Daily);
    fixture.options.start = Some(at("2026-11-01T00:00:00Z"));
    let report = fixture.sync(&emulator).await;
    assert_eq!(report.outcome, Outcome::Incomplete);
    assert_eq!(report.appended.added, 0);
}

#[tokio::test(start_paused = true)]
async fn records_that_are_left_out_are_known_to_be_empty() {
    let builder = Emulator::builder().seed(3).sims(1).now(at(NOW));
    let emulator = builder.empty_periods(EmptyPeriods::Omit).build().unwrap();
    let mut fixture = Fixture::new(Granularity::Hourly);
    let first = fixture.sync(&emulator).await;
    assert!(first.appended.added < 13_000);
    emulator.advance(12 * HOUR).unwrap();
    fixture.sync(&emulator).await;
    emulator.advance(HOUR).unwrap();
    assert_eq!(fixture.sync(&emulator).await.windows, 1);
    let expected = truth(&emulator, None, Granularity::Hourly).await;
    assert_eq!(fixture.texts(), expected);
}

#[tokio::test(start_paused = true)]
async fn an_account_without_a_record_has_nothing_to_keep() {
    let builder = Emulator::builder().sims(0).now(at(NOW));
    let emulator = builder.empty_periods(EmptyPeriods::Omit).build().unwrap();
    let mut fixture = Fixture::new(Granularity::Daily);
    let report = fixture.sync(&emulator).await;
    assert_eq!(report.outcome, Outcome::Complete);
    assert_eq!(report.remarks, [Remark::NoAccount]);
    assert_eq!(fixture.archive.series().unwrap(), []);
}

#[tokio::test(start_paused = true)]
async fn a_final_figure_that_changes_is_told_and_kept_beside_the_old_one() {
    let emulator = emulator(NOW, &[]);
    let mut fixture = Fixture::new(Granularity::Daily);
    fixture.sync(&emulator).await;
    emulator.advance(12 * HOUR).unwrap();
    fixture.sync(&emulator).await;
    emulator
        .add_fault("revision:2026-11-16:+1000".parse().unwrap())
        .unwrap();
    emulator.advance(HOUR).unwrap();
    let report = fixture.sync(&emulator).await;
    let finals = report
        .appended
        .changes
        .iter()
        .filter(|change| change.before.is_final());
    assert_eq!(finals.count(), 1);
    assert!(report.appended.final_figures_changed());
}

#[tokio::test(start_paused = true)]
async fn the_whole_retention_is_read_again_after_thirty_days_or_when_asked_for() {
    let emulator = emulator(NOW, &[]);
    let mut fixture = Fixture::new(Granularity::Hourly);
    fixture.sync(&emulator).await;
    emulator.advance(12 * HOUR).unwrap();
    let second = fixture.sync(&emulator).await.windows;
    emulator.advance(HOUR).unwrap();
    fixture.options.all = true;
    assert_eq!(fixture.sync(&emulator).await.windows, second);
    fixture.options.all = false;
    emulator.advance(29 * 24 * HOUR).unwrap();
    let few = fixture.sync(&emulator).await.windows;
    assert!(few < 4, "{few}");
    emulator.advance(24 * HOUR).unwrap();
    assert!(fixture.sync(&emulator).await.windows > 10);
}

#[tokio::test(start_paused = true)]
async fn the_same_records_come_whatever_breaks_on_the_way() {
    let builder = Emulator::builder().seed(5).sims(3).now(at(NOW));
    let faults = ["cut@20%", "reset@10%", "expire-token@10%", "status:500@10%"];
    let emulator = with_faults(builder, &faults).build().unwrap();
    let mut fixture = Fixture::new(Granularity::Hourly);
    fixture.options.concurrency = NonZeroU32::new(4).unwrap();
    for _ in 0..20 {
        if fixture.sync(&emulator).await.outcome == Outcome::Complete {
            break;
        }
    }
    emulator.clear_faults();
    assert_eq!(
        fixture.texts(),
        truth(&emulator, None, Granularity::Hourly).await
    );
    assert!(emulator.now() - at(NOW) == TimeDelta::zero());
}

/// Its text cannot be kept as it came, and what stands for the bytes must not pass for a record.
#[tokio::test(start_paused = true)]
async fn a_record_that_is_not_utf_8_is_malformed_whenever_it_is_read() {
    let emulator = emulator(NOW, &[]);
    let mut fixture = Fixture::new(Granularity::Daily);
    fixture.options.start = Some(at("2026-11-01T00:00:00Z"));
    fixture.options.end = Some(at("2026-11-05T00:00:00Z"));
    let broken = client_with(&emulator, |answered| {
        let unit: &[u8] = b"\"bytes\"";
        let body = &answered.body;
        if let Some(place) = body.windows(unit.len()).position(|part| part == unit) {
            answered.body[place + 3] = 0xff;
        }
    });
    for _ in 0..2 {
        let report = fixture.try_sync(&broken).await.unwrap();
        let malformed = &report.appended.malformed;
        assert_eq!(malformed.len(), 1, "{report:?}");
        fixture.options.all = true;
    }
    let texts = fixture.texts();
    let decodes = |text: &&String| serde_json::from_str::<UsageRecord>(text).is_ok();
    assert_eq!((texts.len(), texts.iter().filter(decodes).count()), (4, 3));
    fixture.archive.verify(Subset::ALL).unwrap();
    // The right text is another reading of the same period.
    let report = fixture.sync(&emulator).await;
    assert_eq!(report.appended.malformed.len(), 0, "{report:?}");
    assert!(report.appended.vanished.is_empty(), "{report:?}");
    assert!(fixture.texts().iter().all(|text| decodes(&text)));
}

#[tokio::test(start_paused = true)]
async fn a_sim_that_cannot_be_read_in_the_list_is_neither_listed_nor_has_it_left() {
    let emulator = emulator(NOW, &[]);
    let mut fixture = Fixture::new(Granularity::Daily);
    fixture.options.sims = SyncSims::All;
    fixture.options.start = Some(at("2026-11-18T00:00:00Z"));
    let first = fixture.sync(&emulator).await.at;
    emulator.advance(12 * HOUR).unwrap();
    let broken = client_with(&emulator, |answered| {
        let body = String::from_utf8(answered.body.clone()).unwrap();
        if body.contains("\"iccid\"") {
            answered.body = body.replacen(r#""sid":"DE"#, r#""sid":"XX"#, 1).into();
        }
    });
    let report = fixture.try_sync(&broken).await.unwrap();
    assert_eq!(report.unreadable_sims, 1, "{report:?}");
    let account = emulator.account_sid();
    let known = fixture.archive.known_sims(account.as_str()).unwrap();
    assert!(known.iter().all(|sim| sim.left_at.is_none()));
    let listed = |at| {
        known
            .iter()
            .filter(move |sim| sim.last_listed_at == Some(at))
    };
    assert_eq!((listed(first).count(), listed(report.at).count()), (1, 3));
}
