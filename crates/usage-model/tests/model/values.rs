//! The small types: what each takes, refuses and prints.

use std::io::{self, Read};

use chrono::{DateTime, TimeDelta, Utc};
use usage_model::{
    AccountSid, CommandCounts, Container, Count, Counter, CountryCode, CountryUsage, Counts,
    CurrencyCode, DataCounts, DataUnit, Field, Granularity, International, Item, Kind, Lenient,
    MetaNumber, NodePath, PageMeta, PageSize, Period, Place, Position, RawJson, ReadError, SimSid,
    Timestamp, UnknownMembers, Usage, UsageNode, Window, read_records,
};

const ACCOUNT: &str = "ACababababababababababababABABABABx";
const SIM: &str = "DE0123456789abcdef0123456789ABCDEF";

#[test]
fn a_field_is_in_one_of_three_states() {
    let states: [Field<u8>; 3] = [Field::Absent, Field::Null, Field::Value(7)];
    assert_eq!(states.map(|field| field.is_absent()), [true, false, false]);
    assert_eq!(states.map(|field| field.is_null()), [false, true, false]);
    assert_eq!(states.map(|field| field.is_value()), [false, false, true]);
    assert_eq!(
        states.map(|field| field.value().copied()),
        [None, None, Some(7)]
    );
    assert_eq!(states.map(Field::into_value), [None, None, Some(7)]);
    assert_eq!(
        states.map(|field| field.map(|value| value + 1)),
        [Field::Absent, Field::Null, Field::Value(8)]
    );
    assert_eq!(
        states.map(|mut field| field.value_mut().copied()),
        [None, None, Some(7)]
    );
    assert_eq!(states[0].as_ref(), Field::Absent);
    assert_eq!(states[1].as_ref(), Field::Null);
    assert_eq!(states[2].as_ref(), Field::Value(&7));
    assert_eq!(Field::from(7), states[2]);
    let counts = [Field::Absent, Field::Null, Field::Value(Count::from(7))];
    assert_eq!(counts.map(|count| count.or_zero().get()), [0, 0, 7]);
}

#[test]
fn codes_are_three_capital_letters() {
    let code: CountryCode = "GTM".parse().unwrap();
    assert_eq!((code.as_str(), code.as_ref()), ("GTM", "GTM"));
    assert_eq!(format!("{code} {code:?}"), "GTM \"GTM\"");
    for text in ["", "GT", "GTMX", "gtm", "GTm", "G1M", "GTÄ", "ÄÄ"] {
        let error = text.parse::<CurrencyCode>().unwrap_err().to_string();
        assert_eq!(
            error,
            format!("{text:?} is not a code of three capital letters")
        );
    }
}

#[test]
fn sids_are_a_prefix_and_32_hexadecimal_digits() {
    let (account, sim): (AccountSid, SimSid) =
        (ACCOUNT[..34].parse().unwrap(), SIM.parse().unwrap());
    assert_eq!(
        format!("{sim} {sim:?} {}", sim.as_str()),
        format!("{SIM} {SIM:?} {SIM}")
    );
    assert_eq!(account.as_ref(), &ACCOUNT[..34]);
    for text in [
        "",
        "DE",
        ACCOUNT,
        &SIM[..33],
        &format!("{SIM}0"),
        "DE0123456789abcdef0123456789ABCDEG",
    ] {
        let error = text.parse::<SimSid>().unwrap_err().to_string();
        assert_eq!(
            error,
            format!("{text:?} is not a SIM SID: expected DE and 32 hexadecimal digits")
        );
    }
    assert!(SIM.parse::<AccountSid>().is_err());
}

#[test]
fn texts_of_another_form_are_kept() {
    let known = Lenient::<DataUnit>::from_text("KiB");
    assert_eq!(known, Lenient::from(DataUnit::KiB));
    assert_eq!(
        (known.known(), known.as_str()),
        (Some(&DataUnit::KiB), "KiB")
    );
    let other = Lenient::<DataUnit>::from_text("kib");
    assert_eq!((other.known(), other.as_str()), (None, "kib"));
    assert_eq!(format!("{known} {other}"), "KiB kib");
}

#[test]
fn counts_print_as_numbers() {
    assert_eq!(format!("{:>5}", Count::from(42)), "   42");
    assert_eq!(Count::new(7).map(Count::get), Some(7));
    assert_eq!(Count::new(1 << 63), None);
    assert_eq!(Count::default(), Count::ZERO);
}

#[test]
fn query_values_are_what_the_api_takes() {
    let texts = Granularity::ALL.map(|granularity| granularity.to_string());
    assert_eq!(texts, ["hourly", "daily", "all"]);
    for granularity in Granularity::ALL {
        assert_eq!(granularity.as_str().parse(), Ok(granularity));
    }
    let hours =
        Granularity::ALL.map(|granularity| granularity.bucket().map(|bucket| bucket.num_hours()));
    assert_eq!(hours, [Some(1), Some(24), None]);
    let error = "Daily".parse::<Granularity>().unwrap_err();
    assert_eq!(
        error.to_string(),
        "\"Daily\" is not a granularity: expected hourly, daily or all; did you mean daily?"
    );

    for (text, size) in [
        ("1", Some(1)),
        ("1000", Some(1000)),
        ("0", None),
        ("1001", None),
        ("-1", None),
        ("x", None),
    ] {
        assert_eq!(
            text.parse::<PageSize>().ok().map(PageSize::get),
            size,
            "{text}"
        );
    }
    assert_eq!(PageSize::default().to_string(), "1000");
    assert_eq!(PageSize::API_DEFAULT.get(), 50);
    assert_eq!(
        "1001".parse::<PageSize>().unwrap_err().to_string(),
        "a page holds 1 to 1000 records"
    );
}

#[test]
fn windows_are_half_open() {
    let at = |second| DateTime::<Utc>::from_timestamp(second, 0).unwrap();
    let window = Window::new(at(100), at(200)).unwrap();
    assert_eq!((window.start(), window.end()), (at(100), at(200)));
    for (start, end, meets) in [
        (0, 100, false),
        (0, 101, true),
        (150, 160, true),
        (199, 300, true),
        (200, 300, false),
    ] {
        assert_eq!(window.meets(at(start), at(end)), meets, "{start} to {end}");
    }
    for end in [100, 99] {
        let error = Window::new(at(100), at(end)).unwrap_err().to_string();
        assert!(error.contains("not after its start"), "{error}");
    }
}

#[test]
fn a_period_has_bounds_where_both_are_there() {
    let (start, end) = (
        DateTime::<Utc>::UNIX_EPOCH,
        DateTime::<Utc>::UNIX_EPOCH + TimeDelta::hours(1),
    );
    let mut period = Period::new(start, end);
    assert_eq!(period.bounds(), Some((start, end)));
    period.end = Field::Null;
    assert_eq!(period.bounds(), None);
    assert_eq!(Period::default().bounds(), None);
}

#[test]
fn places_have_pointers() {
    let place = |container| {
        let mut place = Place::default();
        place.container = container;
        place.pointer("/data/total")
    };
    assert_eq!(place(Container::Document), "/data/total");
    assert_eq!(place(Container::List(3)), "/3/data/total");
    assert_eq!(place(Container::Page(17)), "/usage_records/17/data/total");
    assert_eq!(Position::START.to_string(), "line 1, column 1 (byte 0)");
    let start = Position::new(1000, 8, 3);
    for (within, whole) in [
        (Position::START, start),
        (Position::new(20, 1, 21), Position::new(1020, 8, 23)),
        (Position::new(20, 3, 5), Position::new(1020, 10, 5)),
        (Position::default(), Position::default()),
    ] {
        assert_eq!(start.then(within), whole, "{within}");
    }
    let most = Position::new(u64::MAX, u64::MAX, u64::MAX);
    assert_eq!(
        most.then(Position::new(1, 2, 5)),
        Position::new(u64::MAX, u64::MAX, 5)
    );
    assert_eq!(most.then(Position::new(1, 1, 2)), most);
    assert_eq!(
        Position::default().then(Position::new(0, 1, 0)),
        Position::default()
    );
    let mut third = Place::default();
    third.record = 2;
    third.position = Position::new(20, 1, 21);
    let moved = third.after(start, 5);
    assert_eq!(
        (moved.record, moved.position),
        (7, Position::new(1020, 8, 23))
    );
    assert_eq!(third.after(start, u64::MAX).record, u64::MAX);
    let paths = [
        (NodePath::Top, "/data", false),
        (NodePath::Home, "/data/home", false),
        (NodePath::National, "/data/national_roaming", false),
        (
            NodePath::International(2),
            "/data/international_roaming/2",
            true,
        ),
        (
            NodePath::InternationalSingle,
            "/data/international_roaming",
            true,
        ),
    ];
    for (path, pointer, international) in paths {
        assert_eq!(path.pointer(Kind::Data), pointer);
        assert_eq!(path.is_international(), international);
        assert_eq!(
            path.counter_pointer(Kind::Data, Counter::FromSim),
            format!("{pointer}/upload")
        );
    }
    let names = |kind| Counter::ALL.map(|counter| counter.name(kind));
    assert_eq!(names(Kind::Commands), ["total", "to_sim", "from_sim"]);
    assert_eq!(names(Kind::Data), ["total", "download", "upload"]);
    assert_eq!(
        format!("{} {}", Kind::Commands, Kind::Data),
        "commands data"
    );
}

fn counters<C: Counts>() {
    let mut counts = C::default();
    for (number, counter) in (1_u32..).zip(Counter::ALL) {
        assert_eq!(counts.counter(counter), Field::Absent);
        *counts.counter_mut(counter) = Field::Value(number.into());
    }
    assert_eq!(
        counts.counters(),
        [1_u32, 2, 3].map(|number| Field::Value(number.into()))
    );
    assert_eq!(counts.units().is_some(), C::KIND == Kind::Data);
    if let Some(units) = counts.units_mut() {
        *units = Field::Value(Lenient::Known(DataUnit::Gb));
    }
    if let Some(units) = counts.units() {
        assert_eq!(units, &Field::Value(Lenient::Known(DataUnit::Gb)));
    }
}

#[test]
fn both_kinds_have_the_same_three_counters() {
    counters::<CommandCounts>();
    counters::<DataCounts>();
    assert_eq!(
        CommandCounts::new(1.into(), 2.into(), 3.into()).counters(),
        DataCounts::new(1.into(), 2.into(), 3.into()).counters()
    );
    let mut counts = CommandCounts::default();
    assert!(counts.units_mut().is_none());
}

#[test]
fn every_node_is_found_by_its_place() {
    let node = |number: u32| UsageNode::new(CommandCounts::new(number.into(), 0.into(), 0.into()));
    let country = |number: u32| CountryUsage::new("DEU".parse().unwrap(), node(number).counts);
    let mut tree = Usage::new(node(1).counts);
    tree.home = Field::Value(node(2));
    tree.national_roaming = Field::Value(node(3));
    tree.international_roaming = International::List(vec![country(4), country(5)]);
    let totals: Vec<_> = tree
        .nodes()
        .map(|(path, node)| (path, node.count(Counter::Total).get()))
        .collect();
    let list = [
        (NodePath::Top, 1),
        (NodePath::Home, 2),
        (NodePath::National, 3),
        (NodePath::International(0), 4),
        (NodePath::International(1), 5),
    ];
    assert_eq!(totals, list);
    for (path, total) in list {
        assert_eq!(tree.node(path).unwrap().count(Counter::Total).get(), total);
        tree.node_mut(path).unwrap().counts.to_sim = Field::Null;
    }
    assert!(tree.nodes().all(|(_, node)| node.counts.to_sim.is_null()));
    assert!(tree.node(NodePath::International(2)).is_none());
    assert!(tree.node_mut(NodePath::International(2)).is_none());
    assert_eq!(tree.international_roaming.entries_mut().len(), 2);

    tree.international_roaming = International::Single(Box::new(country(6)));
    let path = NodePath::InternationalSingle;
    assert_eq!(tree.children().last().map(|(path, _)| path), Some(path));
    assert_eq!(tree.node(path).unwrap().count(Counter::Total).get(), 6);
    tree.node_mut(path).unwrap().counts.total = Field::Value(7.into());
    assert_eq!(
        tree.international_roaming.entries()[0]
            .node
            .count(Counter::Total)
            .get(),
        7
    );
    assert_eq!(tree.international_roaming.entries_mut().len(), 1);

    let mut none = Usage::<CommandCounts>::default();
    for share in [International::Absent, International::Null] {
        none.international_roaming = share;
        assert!(none.international_roaming.entries().is_empty());
        assert!(none.international_roaming.entries_mut().is_empty());
        assert!(none.node(path).is_none() && none.node_mut(path).is_none());
        assert!(none.node(NodePath::Home).is_none() && none.node_mut(NodePath::National).is_none());
    }
}

#[test]
fn the_envelope_tells_the_next_page() {
    let mut meta = PageMeta::default();
    assert_eq!(meta.next_page(), None);
    for (next, expected) in [("", None), ("https://h/", Some("https://h/"))] {
        meta.next_page_url = Field::Value(next.to_owned());
        assert_eq!(meta.next_page(), expected);
    }
    assert_eq!(MetaNumber::Number(3).value(), Some(3));
    assert_eq!(MetaNumber::Text("4".into()).value(), Some(4));
    assert_eq!(MetaNumber::Text("four".into()).value(), None);
}

#[test]
fn unknown_members_print_as_json() {
    let raw = RawJson::new("[ 1 ]").unwrap();
    assert_eq!((raw.as_str(), format!("{raw:?}").as_str()), ("[1]", "[1]"));
    let error = RawJson::new("[").unwrap_err().to_string();
    assert!(error.starts_with("not a JSON value: "), "{error}");
    let mut members = UnknownMembers::NONE;
    assert!(members.is_empty() && members.iter().next().is_none() && members.get("a").is_none());
    members.insert("a", raw);
    assert!(!members.is_empty() && members.len() == 1);
}

#[test]
fn timestamps_print_as_they_came() {
    let timestamp: Timestamp = "2017-04-23T01:14:37.507+02:00".parse().unwrap();
    assert_eq!(
        format!("{timestamp} {timestamp:?}"),
        "2017-04-23T01:14:37.507+02:00 2017-04-23T01:14:37.507+02:00"
    );
    let error = "2017".parse::<Timestamp>().unwrap_err().to_string();
    assert_eq!(
        error,
        "\"2017\" is not a timestamp: expected a date, T and a time to the second"
    );
}

/// Gives its text once, interrupted before, and then fails or ends.
struct Source {
    text: &'static [u8],
    interrupted: bool,
    fails: bool,
}

impl Read for Source {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if !std::mem::replace(&mut self.interrupted, true) {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let length = self.text.len();
        if length == 0 && self.fails {
            return Err(io::Error::other("the disk is gone"));
        }
        buffer[..length].copy_from_slice(self.text);
        self.text = b"";
        Ok(length)
    }
}

#[test]
fn a_source_that_fails_ends_the_reading_after_what_it_gave() {
    for (fails, interrupted) in [(true, false), (false, false), (false, true)] {
        let mut records = read_records(Source {
            text: b"{\"data\":{\"total\":0}}\n",
            interrupted,
            fails,
        });
        assert!(matches!(records.next(), Some(Ok(Item::Record(..)))));
        if fails {
            let Some(Err(error @ ReadError::Io(_))) = records.next() else {
                panic!("no error")
            };
            assert_eq!(error.to_string(), "the input cannot be read");
        }
        assert!(records.next().is_none());
        assert!(records.next().is_none());
    }
    let mut refused = read_records(&b"hello"[..]);
    assert!(matches!(refused.next(), Some(Err(ReadError::Malformed(_)))));
    assert!(refused.next().is_none());
}

#[test]
fn a_period_reads_by_itself() {
    let text = r#"{"start":"2026-06-01T00:00:00Z","end":"2026-06-02T00:00:00Z"}"#;
    let period: Period = serde_json::from_str(text).unwrap();
    assert_eq!(serde_json::to_string(&period).unwrap(), text);
    let error = serde_json::from_str::<Period>(r#"{"end":7}"#).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("at /end: found the number 7, expected a timestamp"),
        "{error}"
    );
}
