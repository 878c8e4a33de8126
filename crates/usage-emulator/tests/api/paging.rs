//! Pages, tokens and links.

use usage_emulator::Emulator;

use crate::client::Session;

const QUERY: &str = "Granularity=daily&Start=2026-01-01T00:00:00Z&End=2026-03-01T00:00:00Z";

async fn session() -> Session {
    Session::start(Emulator::builder().seed(3).sims(4)).await
}

#[tokio::test]
async fn every_record_comes_once_whatever_the_page_size() {
    let session = session().await;
    let sim = session.emulator.sims()[0];
    for path in [
        "/v1/UsageRecords".to_owned(),
        format!("/v1/Sims/{sim}/UsageRecords"),
    ] {
        let whole = session.all(&format!("{path}?PageSize=1000&{QUERY}"));
        assert_eq!(whole.len(), 59);
        for size in [1, 2, 7, 58, 59, 60] {
            let paged = session.all(&format!("{path}?PageSize={size}&{QUERY}"));
            assert_eq!(paged, whole, "{size} a page");
        }
    }
}

#[tokio::test]
async fn meta_says_where_the_page_stands() {
    let session = session().await;
    let first = session.get(&format!("/v1/UsageRecords?PageSize=25&{QUERY}"));
    let meta = &first.json()["meta"];
    assert_eq!(meta["page"], 0);
    assert_eq!(meta["page_size"], 25);
    assert_eq!(meta["key"], "usage_records");
    assert!(meta["previous_page_url"].is_null());
    let base = session.emulator.base_url();
    let expected = format!(
        "{base}v1/UsageRecords?Granularity=daily&Start=2026-01-01T00%3A00%3A00Z\
         &End=2026-03-01T00%3A00%3A00Z&PageSize=25&Page=0",
    );
    assert_eq!(meta["url"], expected);
    assert_eq!(meta["first_page_url"], expected);
    let next = first.link("next_page_url").unwrap();
    assert!(
        next.starts_with(&expected.replace("Page=0", "Page=1&PageToken=PT")),
        "{next}"
    );

    let second = session.get(&next);
    assert_eq!(second.json()["meta"]["page"], 1);
    assert_eq!(second.link("url"), Some(next));
    assert_eq!(second.link("first_page_url"), first.link("first_page_url"));
    let third = session.get(&second.link("next_page_url").unwrap());
    assert_eq!(third.records().len(), 9);
    assert!(third.link("next_page_url").is_none());
    let back = session.get(&third.link("previous_page_url").unwrap());
    assert_eq!(back.records(), second.records());
    let back = session.get(&back.link("previous_page_url").unwrap());
    assert_eq!(back.records(), first.records());
    assert_eq!(back.json()["meta"]["page"], 0);
    assert!(back.link("previous_page_url").is_none());
}

#[tokio::test]
async fn a_page_is_50_records_unless_asked_for() {
    let session = session().await;
    let page = session.get(&format!("/v1/UsageRecords?{QUERY}"));
    assert_eq!(page.records().len(), 50);
    assert!(page.link("next_page_url").is_some());
}

#[tokio::test]
async fn a_token_holds_for_its_own_list_alone() {
    let session = session().await;
    let next = session
        .get(&format!("/v1/UsageRecords?PageSize=25&{QUERY}"))
        .link("next_page_url")
        .unwrap();
    let sim = session.emulator.sims()[0];
    let last = next.chars().last().unwrap();
    let other = if last == '0' { "1" } else { "0" };
    for wrong in [
        next.replace("PageSize=25", "PageSize=26"),
        next.replace("Start=2026-01-01", "Start=2026-01-02"),
        next.replace("daily", "hourly"),
        next.replace("/v1/UsageRecords", &format!("/v1/Sims/{sim}/UsageRecords")),
        next.replace("PageToken=PT", "PageToken=PA"),
        next.replace("PageToken=PT", "PageToken="),
        format!("{}{other}", &next[..next.len() - 1]),
        format!("{next}0"),
        format!("/v1/UsageRecords?PageSize=25&{QUERY}&PageToken="),
        format!(
            "/v1/UsageRecords?PageSize=25&{QUERY}&PageToken=P%C3%A4%C3%A4%C3%A4%C3%A4%C3%A4%C3%A4%C3%A4%C3%A4%C3%A4"
        ),
        format!("/v1/UsageRecords?PageSize=25&{QUERY}&Page=1"),
    ] {
        let answer = session.get(&wrong);
        assert_eq!(answer.status, 400, "{wrong}");
        assert_eq!(answer.json()["code"], 33103, "{wrong}");
    }
}

#[tokio::test]
async fn a_list_without_a_window_pins_it_in_its_links() {
    let session = session().await;
    let page = session.get("/v1/UsageRecords?Granularity=daily&PageSize=5");
    let next = page.link("next_page_url").unwrap();
    assert!(next.contains("Start=2026-02-15T12%3A00%3A00Z"), "{next}");
    assert!(next.contains("End=2026-03-15T12%3A00%3A00Z"), "{next}");
    assert_eq!(
        session
            .all("/v1/UsageRecords?Granularity=daily&PageSize=5")
            .len(),
        29
    );
}

#[tokio::test]
async fn links_start_with_the_public_origin() {
    let origin = "https://user:hush@api.example:8443/prefix?x"
        .parse()
        .unwrap();
    let session = Session::start(Emulator::builder().public_origin(origin)).await;
    let page = session.get(&format!("/v1/UsageRecords?{QUERY}"));
    for name in ["first_page_url", "url", "next_page_url"] {
        let link = page.link(name).unwrap();
        assert!(
            link.starts_with("https://api.example:8443/v1/UsageRecords?"),
            "{link}"
        );
    }
}

#[tokio::test]
async fn a_token_outlives_the_records_before_its_page() {
    let at = |now: &str| Session::start(Emulator::builder().seed(3).now(now.parse().unwrap()));
    let (before, after) = (
        at("2026-03-15T12:00:00Z").await,
        at("2026-03-18T12:00:00Z").await,
    );
    let query = "Granularity=daily&PageSize=5&Start=2024-09-15T00:00:00Z&End=2024-10-15T00:00:00Z";
    let first = before.get(&format!("/v1/UsageRecords?{query}"));
    let next = first.link("next_page_url").unwrap();
    let path = next
        .strip_prefix(before.emulator.base_url().as_str())
        .unwrap();
    // Three days of the first page are gone by now; the second page is where it was all the same.
    let second = after.get(&format!("/{path}"));
    assert_eq!(second.records(), before.get(&next).records());
    let back = after.get(&second.link("previous_page_url").unwrap());
    assert_eq!(back.records()[0]["period"]["start"], "2024-09-18T00:00:00Z");
    assert_eq!(back.records()[..2], first.records()[3..]);
    assert!(back.link("previous_page_url").is_none());
}
