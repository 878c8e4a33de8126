//! A page of full records: all nodes, amounts, two countries.

/// How many records the page has.
const RECORDS: u64 = 1000;

/// The records, one after another, each on one line.
pub(crate) fn records() -> impl Iterator<Item = String> {
    (0..RECORDS).map(record)
}

/// The page.
pub(crate) fn text() -> String {
    let records: Vec<_> = records().collect();
    format!(
        r#"{{"usage_records":[{}],"meta":{{"page":0,"page_size":1000,"next_page_url":null,"key":"usage_records"}}}}"#,
        records.join(",")
    )
}

fn record(number: u64) -> String {
    let (day, hour) = (number / 24 % 28 + 1, number % 24);
    let sent = r#""total":3,"to_sim":2,"from_sim":1,"billed":0.0567,"billing_units":"USD""#;
    let data = |up: u64, down: u64| {
        format!(
            r#""total":{},"download":{down},"upload":{up},"units":"bytes","billed":12.34,"billing_units":"USD""#,
            up + down
        )
    };
    let n = number * 7919;
    let [top, home, national] = [data(n, n * 3), data(n, n), data(n, n + 1)];
    let [germany, switzerland] = [data(1, n), data(0, n)];
    let day = format!("2026-03-{day:02}");
    format!(
        concat!(
            r#"{{"account_sid":"ACabababababababababababababababab","#,
            r#""period":{{"start":"{day}T{hour:02}:00:00Z","end":"{day}T{hour:02}:59:59Z"}},"#,
            r#""commands":{{{sent},"home":{{{sent}}},"national_roaming":{{{sent}}},"international_roaming":[]}},"#,
            r#""data":{{{top},"home":{{{home}}},"national_roaming":{{{national}}},"international_roaming":["#,
            r#"{{"country_code":"DEU",{germany}}},{{"country_code":"CHE",{switzerland}}}]}}}}"#,
        ),
        day = day,
        hour = hour,
        sent = sent,
        top = top,
        home = home,
        national = national,
        germany = germany,
        switzerland = switzerland,
    )
}
