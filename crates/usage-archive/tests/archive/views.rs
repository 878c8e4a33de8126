use chrono::TimeDelta;
use usage_archive::WindowRead;

use crate::support::{ACCOUNT, Fixture, at, day, hourly, record, window};

#[test]
fn usage_has_a_row_for_each_service_network_and_country() {
    let mut fixture = Fixture::new();
    let text = r#"{"account_sid":"AC1","period":{"start":"2026-06-01T00:00:00Z","end":"2026-06-02T00:00:00Z"},
        "commands":{"total":3,"to_sim":2,"from_sim":1,"home":{"total":3,"to_sim":2,"from_sim":1}},
        "data":{"total":6000,"download":4000,"upload":2000,"units":"bytes","billed":1.50,"billing_units":"USD",
            "home":{"total":1,"download":1,"upload":null,"units":"KB","billed":0.5,"billing_units":"USD"},
            "national_roaming":null,
            "international_roaming":[
                {"country_code":"CHE","total":2,"download":1,"upload":1,"units":"KB","billed":1,"billing_units":"EUR"},
                {"country_code":"DEU","total":3000,"download":2000,"upload":1000}]}}"#;
    fixture.june("2026-06-03T12:00:00Z", &[text.to_owned()]);
    let rows = fixture.query("SELECT * FROM usage ORDER BY service DESC, network, country");
    let key = format!("{ACCOUNT}||daily|2026-06-01T00:00:00Z|2026-06-02T00:00:00Z");
    assert_eq!(
        rows,
        [
            format!("{key}|data|home||1000|1000||0.5|USD|settling|1"),
            format!("{key}|data|international|CHE|2000|1000|1000|1|EUR|settling|1"),
            format!("{key}|data|international|DEU|3000|2000|1000|||settling|1"),
            format!("{key}|data|total||6000|4000|2000|1.5|USD|settling|1"),
            format!("{key}|commands|home||3|2|1|||settling|1"),
            format!("{key}|commands|total||3|2|1|||settling|1"),
        ]
    );
}

#[test]
fn the_columns_of_the_views_are_those_of_the_contract() {
    let fixture = Fixture::new();
    let columns = |view: &str| {
        let names = fixture.query(&format!("SELECT name FROM pragma_table_info('{view}')"));
        names.join(" ")
    };
    assert_eq!(
        columns("usage"),
        "account_sid sim_sid granularity period_start period_end service network country \
         total to_sim from_sim billed currency state reading_id"
    );
    assert!(columns("readings").starts_with(
        "reading_id account_sid sim_sid granularity period_start period_end \
         fetched_at last_seen_at times_seen run_id state hash data_total data_download data_upload \
         data_home_total"
    ));
    assert_eq!(
        columns("periods"),
        "account_sid sim_sid granularity period_start period_end state readings \
         first_fetched_at last_fetched_at reading_id last_seen_at"
    );
    assert_eq!(
        columns("runs"),
        "run_id started_at finished_at program outcome requests readings_added"
    );
    assert_eq!(
        columns("windows"),
        "account_sid sim_sid granularity window_start window_end read_at run_id"
    );
    assert_eq!(
        columns("sims"),
        "account_sid sid name iccid status rate_plan_sid date_created first_seen_at last_listed_at"
    );
}

#[test]
fn usage_shows_current_readings_only_and_readings_shows_all() {
    let mut fixture = Fixture::new();
    fixture.june("2026-06-02T06:00:00Z", &[day("2026-06-01", 5)]);
    fixture.june("2026-06-03T06:00:00Z", &[day("2026-06-01", 9)]);
    let total = "WHERE service = 'data' AND network = 'total'";
    assert_eq!(
        fixture.query(&format!("SELECT total FROM usage {total}")),
        ["9"]
    );
    assert_eq!(
        fixture.query("SELECT reading_id, data_total, data_home_download, state FROM readings"),
        ["1|5|5|provisional", "2|9|9|settling"]
    );
    let known = "SELECT data_total FROM readings WHERE reading_id IN (
        SELECT max(reading_id) FROM readings WHERE fetched_at <= '2026-06-02T23:59:59Z'
        GROUP BY account_sid, sim_sid, granularity, period_start, period_end)";
    assert_eq!(fixture.query(known), ["5"]);
}

#[test]
fn periods_go_from_open_to_final_and_are_reopened_by_a_change() {
    let mut fixture = Fixture::new();
    let state = |fixture: &Fixture| fixture.query("SELECT state, readings FROM periods");
    let mut read = |time: &str, bytes: u64| {
        fixture.june(time, &[day("2026-06-01", bytes)]);
        state(&fixture).join("")
    };
    assert_eq!(read("2026-06-01T23:59:59Z", 1), "open|1");
    assert_eq!(read("2026-06-02T00:00:00Z", 2), "provisional|2");
    assert_eq!(read("2026-06-03T00:00:00Z", 2), "settling|2");
    assert_eq!(read("2026-06-03T23:00:00Z", 3), "settling|3");
    assert_eq!(read("2026-06-04T10:59:59Z", 3), "settling|3");
    assert_eq!(read("2026-06-04T11:00:00Z", 3), "final|3");
    assert_eq!(read("2026-06-05T11:00:00Z", 4), "reopened|4");
    assert_eq!(read("2026-06-05T22:59:59Z", 4), "reopened|4");
    assert_eq!(read("2026-06-05T23:00:00Z", 4), "final|4");
    let dates = fixture.query("SELECT first_fetched_at, last_fetched_at FROM periods");
    assert_eq!(dates, ["2026-06-01T23:59:59Z|2026-06-05T11:00:00Z"]);
}

#[test]
fn periods_that_are_no_whole_hour_or_day_keep_their_bounds() {
    let mut fixture = Fixture::new();
    let start = at("2026-06-01T05:00:00Z");
    let texts = [
        record(start, TimeDelta::hours(1), 1),
        record(start, TimeDelta::minutes(30), 1),
        record(start, TimeDelta::hours(1), 1)
            .replace("05:00:00Z", "07:00:00.250Z")
            .replace("06:00:00Z", "08:00:00.250Z"),
    ];
    let series = hourly();
    let window = window("2026-06-01T00:00:00Z", "2026-06-02T00:00:00Z");
    let read = WindowRead::new(&series, window, at("2026-06-05T00:00:00Z"), &texts);
    fixture.archive.append(fixture.run, &read).unwrap();
    assert_eq!(
        fixture.query("SELECT period_start, period_end FROM periods ORDER BY 1, 2"),
        [
            "2026-06-01T05:00:00Z|2026-06-01T05:30:00Z",
            "2026-06-01T05:00:00Z|2026-06-01T06:00:00Z",
            "2026-06-01T07:00:00.250Z|2026-06-01T08:00:00.250Z",
        ]
    );
    let again = fixture.archive.append(fixture.run, &read).unwrap();
    assert_eq!((again.added, again.repeated), (0, 3));
    let none: [String; 0] = [];
    let read = WindowRead::new(&series, window, at("2026-06-06T00:00:00Z"), &none);
    let gone = fixture.archive.append(fixture.run, &read).unwrap();
    assert_eq!(gone.vanished.len(), 3);
}

#[test]
fn windows_runs_and_sims_are_listed() {
    let mut fixture = Fixture::new();
    fixture.june("2026-06-02T06:00:00Z", &[day("2026-06-01", 5)]);
    let end = at("2026-06-02T06:00:09Z");
    let run = fixture.run;
    let outcome = usage_archive::Outcome::Complete;
    fixture.archive.finish_run(run, outcome, end, 3).unwrap();
    let sim = "DE00000000000000000000000000000001".parse().unwrap();
    let object = r#"{"sid":"DE00000000000000000000000000000001","unique_name":null,"friendly_name":"pump","status":"active"}"#;
    fixture
        .archive
        .note_sims(ACCOUNT, end, [(sim, object)], true)
        .unwrap();
    assert_eq!(
        fixture.query("SELECT * FROM windows"),
        [format!(
            "{ACCOUNT}||daily|2026-06-01T00:00:00Z|2026-07-01T00:00:00Z|2026-06-02T06:00:00Z|1"
        )]
    );
    assert_eq!(
        fixture.query("SELECT * FROM runs"),
        ["1|2026-06-01T00:00:00Z|2026-06-02T06:00:09Z|test 1|complete|3|1"]
    );
    assert_eq!(
        fixture.query("SELECT name, status, first_seen_at FROM sims"),
        ["pump|active|2026-06-02T06:00:09Z"]
    );
}
