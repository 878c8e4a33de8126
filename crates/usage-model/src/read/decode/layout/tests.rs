//! What is expected after which members, and how long it is trusted.

use super::*;

const NAMES: &[&str] = &["total", "download", "upload"];

/// What stands after the members of a test. Names are compared 32 bytes at a time, so that text has to follow.
const AFTER: &str = r#"1,"international_roaming":[],"x":[1,2,3]}"#;

/// A layout that has met these members, one after the other.
fn met(members: &[(&str, u8)]) -> Layout {
    let mut layout = Layout::NEW;
    for (place, (before, member)) in members.iter().enumerate() {
        assert_eq!(learn(&mut layout, place, before, *member), place + 1);
    }
    layout
}

/// Meets what stands before a value; gives the place of what to expect next.
fn learn(layout: &mut Layout, place: usize, before: &str, member: u8) -> usize {
    layout.learn(
        place,
        format!("{before}{AFTER}").as_bytes(),
        before.len(),
        member,
    )
}

/// Whether this is expected at a place, and what follows is found then.
fn expects(layout: &Layout, place: usize, before: &str, member: u8) -> bool {
    let text = format!("{before}{AFTER}");
    let expected = layout.expected(place);
    let after = expected
        .after(text.as_bytes())
        .filter(|_| expected.member() == member);
    assert!(
        after.is_none_or(|after| after == AFTER.as_bytes()),
        "{before}"
    );
    after.is_some()
}

const FIRST: (&str, u8) = (r#"{"total":"#, 0);
const SECOND: (&str, u8) = (r#", "download" : "#, 1);
const THIRD: (&str, u8) = (",\n      \"upload\": ", 2);

#[test]
fn what_was_met_is_expected_in_its_place_and_spelling() {
    let layout = met(&[FIRST, SECOND, THIRD]);
    for (place, (before, member)) in [FIRST, SECOND, THIRD].into_iter().enumerate() {
        assert!(expects(&layout, place, before, member), "{before}");
        assert!(!expects(&layout, place, before, member + 1), "{before}");
        assert!(!expects(&layout, place + 1, before, member), "{before}");
    }
    assert!(!expects(&layout, 0, r#"{"totaL":"#, 0));
    // The last bytes count like the first ones.
    assert!(!expects(&layout, 2, ",\n      \"upload\":\t", 2));
    assert!(!expects(&Layout::NEW, 0, FIRST.0, UNKNOWN));
}

#[test]
fn what_is_too_long_is_not_expected() {
    for (spaces, is_expected) in [(LONGEST - 1, true), (LONGEST, false), (LONGEST + 1, false)] {
        let before = format!("{:spaces$}", FIRST.0);
        let layout = met(&[(&before, 0)]);
        assert_eq!(expects(&layout, 0, &before, 0), is_expected, "{spaces}");
    }
}

#[test]
fn a_member_that_is_missing_once_is_still_expected() {
    let mut layout = met(&[FIRST, SECOND, THIRD]);
    assert_eq!(learn(&mut layout, 1, THIRD.0, THIRD.1), 3);
    assert!(expects(&layout, 1, SECOND.0, SECOND.1));
    assert!(expects(&layout, 2, THIRD.0, THIRD.1));
}

#[test]
fn a_member_in_the_place_of_another_is_expected_there_from_then_on() {
    let mut layout = met(&[FIRST, SECOND, THIRD]);
    // The same member in another spelling, and one that came later before.
    for (place, before, member) in [
        (1, r#","download":"#, 1),
        (0, r#"{"download":"#, 1),
        (1, r#","x":"#, 3),
    ] {
        assert_eq!(learn(&mut layout, place, before, member), place + 1);
        assert!(expects(&layout, place, before, member), "{before}");
    }
}

#[test]
fn what_is_not_known_is_passed_and_changes_nothing_that_is_expected() {
    let mut layout = met(&[FIRST, SECOND]);
    assert_eq!(learn(&mut layout, 0, r#"{"x":"#, UNKNOWN), 1);
    assert_eq!(learn(&mut layout, 1, r#","x":"#, UNKNOWN), 1);
    assert!(expects(&layout, 0, FIRST.0, FIRST.1) && expects(&layout, 1, SECOND.0, SECOND.1));
}

/// Meets an object of which so many members come otherwise than expected.
fn meet_object(layout: &mut Layout, members: u32, missed: usize) {
    for _ in 0..missed {
        learn(layout, 0, r#"{"x":"#, UNKNOWN);
    }
    layout.end(((1 << members) - 1) | NO_MEMBER);
}

/// How many objects in a row have to come otherwise until members are not expected any more.
fn patience(layout: &mut Layout) -> Option<u8> {
    (0..u8::MAX).find(|_| {
        let is_over = layout.start_place() == NOWHERE;
        if !is_over {
            meet_object(layout, 3, 2);
        }
        is_over
    })
}

#[test]
fn members_are_expected_until_many_objects_in_a_row_come_otherwise() {
    let most = MOST_TRUST - TRUSTED + 1;
    assert_eq!(patience(&mut met(&[])), Some(most));
    // Where half of the members come as expected, that is worth the comparison.
    let mut layout = Layout::NEW;
    for _ in 0..100 {
        meet_object(&mut layout, 4, 2);
        meet_object(&mut layout, 4, 0);
    }
    assert_eq!(patience(&mut layout), Some(most));
    // Some trust that was lost comes back.
    let mut layout = Layout::NEW;
    (0..8).for_each(|_| meet_object(&mut layout, 3, 3));
    (0..5).for_each(|_| meet_object(&mut layout, 3, 1));
    assert_eq!(patience(&mut layout), Some(most - 3));
}

#[test]
fn what_comes_in_any_order_is_compared_now_and_then_until_it_is_trusted_again() {
    let mut layout = Layout::NEW;
    assert!(patience(&mut layout).is_some());
    let places: Vec<_> = (0..64).map(|_| layout.start_place()).collect();
    let compared = places.iter().filter(|place| **place == 0).count();
    assert_eq!(compared, 2);
    assert!(places.iter().all(|place| [0, NOWHERE].contains(place)));
    meet_object(&mut layout, 3, 1);
    assert!((0..3).all(|_| layout.start_place() == 0));
}

#[test]
fn a_name_is_found_among_those_of_the_object() {
    let names = Names::of(NAMES);
    for (index, name) in NAMES.iter().enumerate() {
        let text = format!("{name}\":{AFTER}");
        let met = names.candidate(&start_of(text.as_bytes()));
        assert_eq!(usize::from(met.member()), index);
        assert_eq!(met.bit(), 1 << index);
        assert_eq!(
            met.after(text.as_bytes()),
            Some(&text.as_bytes()[name.len() + 1..])
        );
    }
    for other in ["totals", "tota", "Total", "uploae", ""] {
        let text = format!("{other}\":{AFTER}");
        let met = names.candidate(&start_of(text.as_bytes()));
        assert_eq!(met.after(text.as_bytes()), None, "{other}");
    }
}

#[test]
fn a_member_without_white_space_is_found_with_its_value() {
    let names = Names::of(NAMES);
    let compact = |separator, before: &str| {
        let text = format!("{before}{AFTER}");
        let found = names.compact(separator, text.as_bytes());
        found.map(|(met, rest)| {
            assert_eq!(rest, AFTER.as_bytes(), "{before}");
            met.member()
        })
    };
    assert_eq!(compact(b'{', r#"{"total":"#), Some(0));
    assert_eq!(compact(b',', r#","upload":"#), Some(2));
    for before in [
        r#","total":"#,
        r#"{ "total":"#,
        r#"{"total" :"#,
        r#"{"total": "#,
        r#"{"tot":"#,
        r#"{'total":"#,
        r#"{"total""#,
    ] {
        assert_eq!(compact(b'{', before), None, "{before}");
    }
    assert!(
        names.compact(b'{', br#"{"total":"#).is_none(),
        "the value is not there"
    );
}
