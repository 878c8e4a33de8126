//! How long the periods of a list are.

use super::*;

#[test]
fn lengths_are_compared_with_the_first() {
    assert_said(
        &[day(0), slot(24, 72), slot(72, 120), day(5), day(6)],
        &["UR407 1"],
    );
    assert_said(
        &[day(0), slot(24, 25), slot(25, 27), slot(27, 28)],
        &["UR407 1", "UR407 2", "UR407 3"],
    );
    let (findings, _) = validate(&config(), &text(&[day(0), slot(24, 25)]));
    assert_eq!(
        findings[0].message,
        "the period 2026-06-02T00:00:00Z to 2026-06-02T01:00:00Z is 1 hour long, the periods before it 1 day"
    );
    let mut all = config();
    all.granularity = Some(Granularity::All);
    let (findings, summary) = validate(&all, &text(&[day(0), slot(24, 25)]));
    assert_eq!((findings.len(), summary.rules["UR407"].evaluated), (0, 0));
}

#[test]
fn lengths_at_the_edges_of_the_window_are_exempt() {
    let clipped = [slot(6, 24), day(1), day(2), slot(72, 80)];
    let codes = |window: Option<(i64, i64)>| {
        let mut config = config();
        config.select = vec!["UR407".parse().unwrap()];
        config.window = window.map(|(start, end)| Window::new(hour(start), hour(end)).unwrap());
        said(&config, &text(&clipped))
    };
    assert_eq!(codes(None), ["UR407 1", "UR407 3"]);
    assert_eq!(codes(Some((6, 80))), [""; 0]);
    assert_eq!(codes(Some((6, 90))), ["UR407 3"]);
    assert_eq!(codes(Some((0, 80))), ["UR407 1"]);
}

#[test]
fn several_records_may_be_clipped_by_the_window_before_one_is_whole() {
    let mut config = config();
    config.select = vec!["UR407".parse().unwrap()];
    config.window = Some(Window::new(hour(6), hour(240)).unwrap());
    let sims: Vec<_> = (0..3).map(|sim| format!("DE{sim:032x}")).collect();
    let lines: String = [slot(6, 24), day(1), day(2)]
        .iter()
        .flat_map(|slot| sims.iter().map(|sim| slot.of(ACCOUNT, Some(sim))))
        .collect();
    assert_eq!(said(&config, &lines), [""; 0]);
    // Growing once is enough.
    let slots = [slot(6, 24), day(1), slot(48, 96), day(4)];
    assert_eq!(said(&config, &text(&slots)), ["UR407 2"]);
}
