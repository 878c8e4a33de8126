use usage_archive::{ErrorKind, Selection, Series, Subset, WindowRead};
use usage_model::Granularity;

use crate::support::{ACCOUNT, Fixture, at, daily, day, window};

fn texts(fixture: &Fixture, selection: &Selection) -> Vec<String> {
    let mut texts = Vec::new();
    fixture
        .archive
        .visit::<usage_archive::Error>(selection, |reading| {
            texts.push(reading.text);
            Ok(())
        })
        .unwrap();
    texts
}

#[test]
fn texts_come_out_exactly_as_they_went_in() {
    let mut fixture = Fixture::new();
    let odd =
        day("2026-06-02", 7).replace(r#""data""#, "\"new member\" : [1.50, null] ,\n \"data\"");
    let all = [day("2026-06-01", 5), odd];
    fixture.june("2026-06-05T00:00:00Z", &all);
    assert_eq!(texts(&fixture, &Selection::default()), all);
}

#[test]
fn an_identical_reading_is_counted_and_not_stored_again() {
    let mut fixture = Fixture::new();
    let text = day("2026-06-01", 5);
    let first = fixture.june("2026-06-02T06:00:00Z", std::slice::from_ref(&text));
    assert_eq!((first.added, first.repeated), (1, 0));
    let second = fixture.june("2026-06-02T18:00:00Z", &[text]);
    assert_eq!((second.added, second.repeated, second.now_final), (0, 1, 0));
    assert_eq!(
        fixture.query("SELECT fetched_at, last_seen_at, times_seen FROM readings"),
        ["2026-06-02T06:00:00Z|2026-06-02T18:00:00Z|2"]
    );
}

#[test]
fn order_of_members_and_white_space_make_no_new_reading() {
    let mut fixture = Fixture::new();
    let period = r#""period":{"start":"2026-06-01T00:00:00Z","end":"2026-06-02T00:00:00Z"}"#;
    let first = format!(r#"{{{period},"data":{{"total":1,"upload":1}}}}"#);
    let second = format!(r#"{{ "data": {{"upload":1, "total":1}}, {period} }}"#);
    fixture.june("2026-06-02T06:00:00Z", &[first]);
    assert_eq!(fixture.june("2026-06-02T07:00:00Z", &[second]).added, 0);
}

#[test]
fn null_zero_and_absent_are_different_readings() {
    let mut fixture = Fixture::new();
    let period = r#""period":{"start":"2026-06-01T00:00:00Z","end":"2026-06-02T00:00:00Z"}"#;
    for (hour, data) in [r#"{"total":0}"#, r#"{"total":null}"#, "{}", "null"]
        .into_iter()
        .enumerate()
    {
        let text = format!(r#"{{{period},"data":{data}}}"#);
        let appended = fixture.june(&format!("2026-06-02T0{hour}:00:00Z"), &[text]);
        assert_eq!(appended.added, 1, "{data}");
    }
}

#[test]
fn a_change_keeps_both_readings_and_tells_what_was_before() {
    let mut fixture = Fixture::new();
    fixture.june("2026-06-02T06:00:00Z", &[day("2026-06-01", 5)]);
    let appended = fixture.june("2026-06-03T06:00:00Z", &[day("2026-06-01", 9)]);
    let [change] = &appended.changes[..] else {
        panic!("{appended:?}");
    };
    assert_eq!(change.before.text, day("2026-06-01", 5));
    assert_eq!(change.text, day("2026-06-01", 9));
    assert!(!appended.final_figures_changed());
    let mut selection = Selection::default();
    assert_eq!(texts(&fixture, &selection), [day("2026-06-01", 9)]);
    selection.history = true;
    let both = [day("2026-06-01", 5), day("2026-06-01", 9)];
    assert_eq!(texts(&fixture, &selection), both);
}

#[test]
fn a_change_of_final_figures_is_told_as_such() {
    let mut fixture = Fixture::new();
    let text = day("2026-06-01", 5);
    fixture.june("2026-06-04T00:00:00Z", std::slice::from_ref(&text));
    let second = fixture.june("2026-06-04T12:00:00Z", std::slice::from_ref(&text));
    assert_eq!(second.now_final, 1);
    assert_eq!(fixture.june("2026-06-05T12:00:00Z", &[text]).now_final, 0);
    let changed = fixture.june("2026-06-06T00:00:00Z", &[day("2026-06-01", 6)]);
    assert!(changed.final_figures_changed());
}

#[test]
fn final_figures_in_other_words_are_a_new_reading_and_stay_final() {
    let mut fixture = Fixture::new();
    let plain = day("2026-06-01", 5000);
    fixture.june("2026-06-04T00:00:00Z", std::slice::from_ref(&plain));
    fixture.june("2026-06-04T12:00:00Z", std::slice::from_ref(&plain));
    let in_kilobytes = plain.replace("5000", "5").replace("bytes", "KB");
    let with_a_member = plain.replace("{\"account_sid\"", "{\"foo\":1,\"account_sid\"");
    for (hour, text) in [with_a_member, in_kilobytes].into_iter().enumerate() {
        let read = fixture.june(&format!("2026-06-05T0{hour}:00:00Z"), &[text]);
        assert_eq!((read.added, read.changes.len()), (1, 0));
        assert!(!read.final_figures_changed());
        assert_eq!(fixture.query("SELECT state FROM periods"), ["final"]);
    }
    fixture.archive.verify(Subset::ALL).unwrap();
    let held = fixture.archive.held(&daily(), at("2026-01-01T00:00:00Z"));
    assert!(held.unwrap().unsettled.is_empty());
    let changed = fixture.june("2026-06-06T00:00:00Z", &[day("2026-06-01", 5001)]);
    assert!(changed.final_figures_changed());
    assert_eq!(fixture.query("SELECT state FROM periods"), ["reopened"]);
}

#[test]
fn figures_that_were_read_in_other_words_before_become_final() {
    let mut fixture = Fixture::new();
    let plain = day("2026-06-01", 5000);
    fixture.june("2026-06-04T00:00:00Z", std::slice::from_ref(&plain));
    let in_kilobytes = plain.replace("5000", "5").replace("bytes", "KB");
    let read = fixture.june("2026-06-04T12:00:00Z", &[in_kilobytes]);
    assert_eq!((read.added, read.now_final), (1, 1));
    assert_eq!(fixture.query("SELECT state FROM periods"), ["final"]);
}

#[test]
fn of_a_period_that_comes_twice_every_reading_is_kept_and_the_later_counts() {
    let mut fixture = Fixture::new();
    let [first, later] = [5, 9].map(|bytes| day("2026-06-01", bytes));
    let twice = [first.clone(), later.clone()];
    let read = fixture.june("2026-06-04T00:00:00Z", &twice);
    assert_eq!((read.added, read.conflicts.len()), (2, 1));
    assert_eq!(
        texts(&fixture, &Selection::default()),
        std::slice::from_ref(&later)
    );
    let mut history = Selection::default();
    history.history = true;
    assert_eq!(texts(&fixture, &history), twice);
    // The same once more is nothing new, and told again.
    let again = fixture.june("2026-06-04T12:00:00Z", &twice);
    assert_eq!((again.added, again.repeated), (0, 1));
    assert_eq!((again.conflicts.len(), again.now_final), (1, 1));
    assert!(again.changes.is_empty());
    // What comes in between supersedes nothing for good.
    let third = [day("2026-06-01", 7), later.clone()];
    let read = fixture.june("2026-06-05T00:00:00Z", &third);
    assert_eq!((read.added, read.changes.len()), (2, 0));
    assert_eq!(texts(&fixture, &Selection::default()), [later]);
    assert_eq!(fixture.query("SELECT state FROM periods"), ["final"]);
    fixture.archive.verify(Subset::ALL).unwrap();
}

#[test]
fn what_comes_twice_with_the_same_figures_is_no_conflict() {
    let mut fixture = Fixture::new();
    let text = day("2026-06-01", 5);
    let reworded = text.replace("{\"account_sid\"", "{\"foo\":1,\"account_sid\"");
    let read = fixture.june(
        "2026-06-04T00:00:00Z",
        &[text.clone(), reworded, text.clone(), text],
    );
    assert_eq!((read.added, read.conflicts.len()), (2, 0));
}

#[test]
fn what_was_known_at_a_time_can_be_asked_for() {
    let mut fixture = Fixture::new();
    fixture.june("2026-06-02T06:00:00Z", &[day("2026-06-01", 5)]);
    fixture.june(
        "2026-06-03T06:00:00Z",
        &[day("2026-06-01", 9), day("2026-06-02", 1)],
    );
    let known = |time: &str| {
        let mut selection = Selection::default();
        selection.as_known_on = Some(at(time));
        texts(&fixture, &selection)
    };
    assert!(known("2026-06-02T05:59:59Z").is_empty());
    assert_eq!(known("2026-06-02T06:00:00Z"), [day("2026-06-01", 5)]);
    assert_eq!(known("2026-06-03T05:59:59Z"), [day("2026-06-01", 5)]);
    let now = [day("2026-06-01", 9), day("2026-06-02", 1)];
    assert_eq!(known("2026-06-03T06:00:00Z"), now);
}

#[test]
fn readings_after_a_number_are_the_new_ones() {
    let mut fixture = Fixture::new();
    fixture.june("2026-06-02T06:00:00Z", &[day("2026-06-01", 5)]);
    let (last, _) = fixture.archive.head().unwrap().unwrap();
    fixture.june(
        "2026-06-03T06:00:00Z",
        &[day("2026-06-01", 5), day("2026-06-02", 1)],
    );
    let mut selection = Selection::default();
    selection.since = Some(last);
    assert_eq!(texts(&fixture, &selection), [day("2026-06-02", 1)]);
}

#[test]
fn a_period_that_the_server_no_longer_has_is_told_and_kept() {
    let mut fixture = Fixture::new();
    let both = [day("2026-06-01", 5), day("2026-06-02", 6)];
    fixture.june("2026-06-05T00:00:00Z", &both);
    let second = fixture.june("2026-06-06T00:00:00Z", &both[1..]);
    let vanished: Vec<_> = second
        .vanished
        .iter()
        .map(|reading| &reading.text)
        .collect();
    assert_eq!(vanished, [&both[0]]);
    assert_eq!(texts(&fixture, &Selection::default()), both);
}

#[test]
fn what_is_past_retention_has_not_vanished() {
    let mut fixture = Fixture::new();
    let both = [day("2026-06-01", 5), day("2026-06-02", 6)];
    fixture.june("2026-06-05T00:00:00Z", &both);
    // Eighteen months before 2 December 2027 is 2 June 2026.
    let later = fixture.june("2027-12-02T00:00:00Z", &[]);
    let vanished: Vec<_> = later.vanished.iter().map(|reading| &reading.text).collect();
    assert_eq!(vanished, [&both[1]]);
}

#[test]
fn records_that_do_not_decode_or_say_no_period_are_kept_once() {
    let mut fixture = Fixture::new();
    let period = r#""period":{"start":"2026-06-01T00:00:00Z","end":"2026-06-02T00:00:00Z"}"#;
    let broken = [
        format!(r#"{{{period},"data":{{"total":-1}}}}"#),
        r#"{"data":{"total":1}}"#.to_owned(),
        "not JSON".to_owned(),
    ];
    let first = fixture.june("2026-06-05T00:00:00Z", &broken);
    assert_eq!((first.added, first.unplaced), (3, 1));
    let second = fixture.june("2026-06-06T00:00:00Z", &broken);
    assert_eq!((second.added, second.repeated), (0, 3));
    // Each reading of them names them.
    for read in [first, second] {
        let found = read.malformed.iter();
        let found: Vec<_> = found.map(|one| one.record.found.as_str()).collect();
        assert_eq!(found, ["the number -1", "\"n\""]);
    }
    assert_eq!(
        fixture.query("SELECT period_start, state FROM readings ORDER BY period_start"),
        ["|", "|", "2026-06-01T00:00:00Z|final"]
    );
}

#[test]
fn a_clock_that_was_set_back_is_refused_and_a_small_difference_is_not() {
    let mut fixture = Fixture::new();
    fixture.june("2026-06-05T00:00:00Z", &[day("2026-06-01", 5)]);
    let series = daily();
    let june = window("2026-06-01T00:00:00Z", "2026-07-01T00:00:00Z");
    let texts = [day("2026-06-01", 6)];
    let back = WindowRead::new(&series, june, at("2026-06-04T23:54:59Z"), &texts);
    let error = fixture.archive.append(fixture.run, &back).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ClockBack);
    assert_eq!(fixture.query("SELECT count(*) FROM windows"), ["1"]);
    let little = WindowRead::new(&series, june, at("2026-06-04T23:59:00Z"), &texts);
    fixture.archive.append(fixture.run, &little).unwrap();
    assert_eq!(
        fixture.query("SELECT fetched_at FROM readings ORDER BY reading_id DESC LIMIT 1"),
        ["2026-06-05T00:00:00Z"]
    );
}

#[test]
fn accounts_sims_and_granularities_are_kept_apart() {
    let mut fixture = Fixture::new();
    let sim = "DE00000000000000000000000000000001".parse().unwrap();
    let june = window("2026-06-01T00:00:00Z", "2026-07-01T00:00:00Z");
    let texts = [day("2026-06-01", 5)];
    for series in [
        daily(),
        Series::new(ACCOUNT, Some(sim), Granularity::Daily),
        Series::new(ACCOUNT, None, Granularity::All),
        Series::new(
            "AC00000000000000000000000000000002",
            None,
            Granularity::Daily,
        ),
    ] {
        let read = WindowRead::new(&series, june, at("2026-06-05T00:00:00Z"), &texts);
        let appended = fixture.archive.append(fixture.run, &read).unwrap();
        assert_eq!(appended.added, 1, "{series}");
    }
    assert_eq!(fixture.archive.series().unwrap().len(), 4);
    assert_eq!(fixture.query("SELECT sid FROM sims"), [sim.as_str()]);
}

#[test]
fn a_source_answers_for_one_account() {
    let mut fixture = Fixture::new();
    fixture.archive.claim_source("https://a", ACCOUNT).unwrap();
    fixture.archive.claim_source("https://a", ACCOUNT).unwrap();
    let other = "AC00000000000000000000000000000002";
    fixture.archive.claim_source("https://b", other).unwrap();
    let error = fixture
        .archive
        .claim_source("https://a", other)
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ForeignAccount);
}

#[test]
fn a_window_has_the_readings_that_start_in_it_also_within_seconds_and_before_1970() {
    let mut fixture = Fixture::new();
    let starts = [
        "1969-12-31T00:00:00Z",
        "1970-01-01T00:00:00Z",
        "2026-06-01T00:00:00Z",
        "2026-06-01T00:00:01.250Z",
        "2026-06-02T00:00:00Z",
    ];
    let texts_of = starts
        .map(|start| format!(r#"{{"period":{{"start":"{start}","end":"2026-06-03T00:00:00Z"}}}}"#));
    let all = window("1969-01-01T00:00:00Z", "2026-06-04T00:00:00Z");
    let (series, read_at) = (daily(), at("2026-06-05T00:00:00Z"));
    let read = WindowRead::new(&series, all, read_at, &texts_of);
    fixture.archive.append(fixture.run, &read).unwrap();
    for (start, end, expected) in [
        ("1969-01-01T00:00:00Z", "2026-06-04T00:00:00Z", 0..5),
        ("1969-01-01T00:00:00Z", "1970-01-01T00:00:00Z", 0..1),
        ("1969-12-31T23:59:58Z", "1970-01-02T00:00:00Z", 1..2),
        ("2026-06-01T00:00:00Z", "2026-06-02T00:00:00Z", 2..4),
        ("2026-06-01T00:00:00.500Z", "2026-06-02T00:00:00.500Z", 3..5),
    ] {
        let mut selection = Selection::default();
        selection.window = Some(window(start, end));
        assert_eq!(texts(&fixture, &selection), texts_of[expected], "{start}");
    }
}
