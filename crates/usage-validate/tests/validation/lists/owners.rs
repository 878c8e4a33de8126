//! Whose records a list has.

use super::*;

#[test]
fn accounts_are_distinguished_whatever_their_number() {
    let account = |number: usize| format!("AC{number:032x}");
    let named = |others: usize| {
        let lines: String = (0..=others)
            .chain([others])
            .map(|number| day(0).of(&account(number), None))
            .collect();
        let mut config = config();
        config.select = vec!["UR406".parse().unwrap()];
        validate(&config, &lines).1.rules["UR406"].failed
    };
    assert_eq!(named(1_023), 1_023);
    assert_eq!(named(2_000), 2_000);
}

#[test]
fn sims_are_series_of_their_own() {
    let sim = |last: char| format!("DE{}", last.to_string().repeat(32));
    let (a, b) = (sim('a'), sim('b'));
    let mut lines = String::new();
    for number in 0..4 {
        lines += &day(number).of(ACCOUNT, Some(&a));
        if number != 2 {
            lines += &day(number).of(ACCOUNT, Some(&b));
        }
    }
    assert_eq!(said(&config(), &lines), ["UR404 6"]);
    // One SIM after the other, and the account last.
    let lines: String = [Some(a.as_str()), Some(b.as_str()), None]
        .iter()
        .flat_map(|sim| (0..3).map(move |number| day(number).of(ACCOUNT, *sim)))
        .collect();
    assert_eq!(said(&config(), &lines), [""; 0]);
}

#[test]
fn a_second_account_is_named_once_and_has_a_series_of_its_own() {
    let other = "ACcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd";
    let third = "ACefefefefefefefefefefefefefefefef";
    let lines: String = (0..3)
        .flat_map(|number| [ACCOUNT, other, third].map(|account| day(number).of(account, None)))
        .collect();
    assert_eq!(said(&config(), &lines), ["UR406 1", "UR406 2"]);
    let mut many = config();
    many.accounts = Accounts::Many;
    let (findings, summary) = validate(&many, &lines);
    assert_eq!(findings, []);
    assert_eq!(summary.rules["UR406"].evaluated, 0);
    // With a day missing, the gap is that account's.
    let lines = lines.replacen(&day(1).of(other, None), "", 1);
    assert_eq!(said(&many, &lines), ["UR404 6"]);
}

#[test]
fn of_two_accounts_with_as_many_records_the_later_one_is_named() {
    let (low, high) = (
        "ACabababababababababababababababab",
        "ACcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd",
    );
    for [first, second] in [[low, high], [high, low]] {
        let lines = [day(0).of(first, None), day(1).of(first, None)].concat()
            + &[day(2).of(second, None), day(3).of(second, None)].concat();
        assert_eq!(said(&config(), &lines), ["UR406 2"], "{first} comes first");
    }
}

#[test]
fn a_record_without_an_owner_is_of_the_account_of_the_list() {
    let redacted = format!("AC{}", "X".repeat(32));
    let lines = [
        day(0).of(&redacted, None),
        day(1).of(ACCOUNT, None),
        day(2).of(&redacted, None),
        day(3)
            .of(ACCOUNT, None)
            .replacen(&format!("\"{ACCOUNT}\""), "null", 1),
        day(4).of(ACCOUNT, None),
    ]
    .concat();
    assert_eq!(said(&config(), &lines), ["UR104 0", "UR104 2", "UR101 3"]);
}

#[test]
fn the_first_record_of_a_second_account_counts_once_whatever_else_is_found_of_it() {
    let other = "ACcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd";
    let of = |account: &str, days: [i64; 3]| -> String {
        days.map(|number| day(number).of(account, None)).concat()
    };
    // It comes after two later days of its account, out of order.
    let lines = of(ACCOUNT, [0, 1, 2]) + &of(ACCOUNT, [3, 4, 5]) + &of(other, [1, 2, 0]);
    assert_eq!(said(&config(), &lines), ["UR405 8", "UR406 8"]);
}
