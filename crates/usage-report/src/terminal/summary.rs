//! Summaries.

use usage_model::{Counter, SETTLED_AFTER, visible};
use usage_table::{By, Summary, Totals};

use super::{
    Layout,
    grid::{Column, grid, width},
};

/// Returns a summary as a table, with its total as the last row.
///
/// Data is in one unit, so that figures can be compared. Where the table does not fit, it leaves out the two directions
/// first, then the amounts, then the Commands.
pub fn summary_table(summary: &Summary, layout: Layout) -> String {
    const LEFT_OUT: [Shown; 3] = [
        Shown {
            directions: true,
            amounts: true,
            commands: true,
        },
        Shown {
            directions: false,
            amounts: true,
            commands: true,
        },
        Shown {
            directions: false,
            amounts: false,
            commands: true,
        },
    ];
    let fits = |columns: &Vec<Column>| layout.width.is_none_or(|most| width(columns) <= most);
    let mut sets = LEFT_OUT
        .iter()
        .map(|shown| columns(summary, *shown, layout));
    let least = Shown {
        directions: false,
        amounts: false,
        commands: false,
    };
    let columns = sets
        .find(fits)
        .unwrap_or_else(|| columns(summary, least, layout));
    grid(&columns, true) + &growing(summary)
}

/// Marks a month or day whose figures may still grow.
const GROWING: &str = "*";

/// Says that figures may still grow, and what marks them where the groups are of time.
fn growing(summary: &Summary) -> String {
    let hours = SETTLED_AFTER.num_hours();
    if !summary.rows.iter().any(|row| row.is_growing) {
        String::new()
    } else if summary.options.by().iter().any(|by| is_time(*by)) {
        format!("{GROWING} may still grow: usage arrives up to {hours} hours late\n")
    } else {
        format!("the last days may still grow: usage arrives up to {hours} hours late\n")
    }
}

const fn is_time(by: By) -> bool {
    matches!(by, By::Month | By::Day)
}

/// Which figures are shown besides the number of records and all data.
#[derive(Clone, Copy)]
struct Shown {
    directions: bool,
    amounts: bool,
    commands: bool,
}

fn columns(summary: &Summary, shown: Shown, layout: Layout) -> Vec<Column> {
    let by = summary.options.by();
    let mut columns = Vec::new();
    for (number, by) in by.iter().enumerate() {
        let cells = summary.rows.iter().map(|row| {
            let cell = row.cells.get(number).map_or("", String::as_str);
            if cell.is_empty() {
                "-".to_owned()
            } else if row.is_growing && is_time(*by) {
                format!("{cell}{GROWING}")
            } else {
                visible(cell).to_string()
            }
        });
        let total = if number == 0 { "total" } else { "" };
        let cells = cells.chain([total.to_owned()]).collect();
        columns.push(Column::text(by.as_str(), cells));
    }
    if by.is_empty() {
        let rows = summary.rows.iter().map(|_| String::new());
        columns.push(Column::text("", rows.chain(["total".to_owned()]).collect()));
    }
    let totals: Vec<&Totals> = summary
        .rows
        .iter()
        .map(|row| &row.totals)
        .chain([&summary.total])
        .collect();
    let numbers = |heading: &str, of: &dyn Fn(&Totals) -> String| {
        Column::numbers(heading, totals.iter().map(|totals| of(totals)).collect())
    };
    columns.push(numbers("records", &|totals| totals.records.to_string()));
    let figures = totals.iter().flat_map(|totals| totals.data.figures());
    let scale = layout.scale(figures.max().unwrap_or(0));
    for (counter, heading) in [
        (Counter::Total, "data"),
        (Counter::TowardSim, "download"),
        (Counter::FromSim, "upload"),
    ] {
        if counter == Counter::Total || shown.directions {
            let figures: Vec<u128> = totals
                .iter()
                .map(|totals| totals.data.get(counter))
                .collect();
            columns.push(Column::bytes(heading, &figures, scale));
        }
    }
    for (counter, heading) in [
        (Counter::Total, "Commands"),
        (Counter::TowardSim, "to SIM"),
        (Counter::FromSim, "from SIM"),
    ] {
        if shown.commands && (counter == Counter::Total || shown.directions) {
            let figure = |totals: &Totals| totals.commands.get(counter).to_string();
            columns.push(numbers(heading, &figure));
        }
    }
    if shown.amounts {
        for currency in summary.currencies() {
            let heading = format!("billed {}", visible(currency));
            let amount = |totals: &Totals| totals.amount(currency).to_string();
            columns.push(numbers(heading.trim_end(), &amount));
        }
    }
    columns
}

#[cfg(test)]
mod tests {
    use usage_table::{Summarizer, SummaryOptions};

    use super::*;

    fn table(by: &[By], records: &[&str], width: Option<usize>) -> String {
        let mut summarizer = Summarizer::new(SummaryOptions::new(by).unwrap());
        for record in records {
            summarizer.record(&serde_json::from_str(record).unwrap());
        }
        let as_of = "2026-07-01T00:00:00Z".parse().unwrap();
        summary_table(&summarizer.finish(as_of), Layout::new(width, false))
    }

    const JUNE: &str = r#"{"period":{"start":"2026-06-01T00:00:00Z","end":"2026-06-02T00:00:00Z"},
        "data":{"total":1234567,"download":1000000,"upload":234567,"billed":1.5,"billing_units":"USD"}}"#;
    const MAY: &str = r#"{"account_sid":"\u001b[2J","period":{"start":"2026-05-01T00:00:00Z"},
        "data":{"total":10},"commands":{"total":3,"to_sim":2,"from_sim":1}}"#;

    #[test]
    fn columns_are_aligned_and_end_with_their_total() {
        assert_eq!(
            table(&[By::Month], &[JUNE, MAY], None),
            "month    records  data kB  download kB  upload kB  Commands  to SIM  from SIM  billed USD\n\
             2026-05        1     <0.1          0.0        0.0         3       2         1           0\n\
             2026-06        1   1234.6       1000.0      234.6         0       0         0         1.5\n\
             ─────────────────────────────────────────────────────────────────────────────────────────\n\
             total          2   1234.6       1000.0      234.6         3       2         1         1.5\n"
        );
    }

    #[test]
    fn a_month_that_may_still_grow_is_marked() {
        let late = r#"{"period":{"start":"2026-06-29T00:00:00Z","end":"2026-06-30T00:00:00Z"},"data":{"total":5}}"#;
        let marked = table(&[By::Month], &[JUNE, MAY, late], None);
        assert!(marked.contains("\n2026-06* "), "{marked}");
        assert!(marked.contains("\n2026-05  "), "{marked}");
        assert!(
            marked.ends_with("\n* may still grow: usage arrives up to 48 hours late\n"),
            "{marked}"
        );
        let unmarked = table(&[By::Account], &[JUNE, late], None);
        assert!(!unmarked.contains('*'), "{unmarked}");
        assert!(
            unmarked
                .ends_with("\nthe last days may still grow: usage arrives up to 48 hours late\n"),
            "{unmarked}"
        );
    }

    #[test]
    fn a_narrow_terminal_leaves_columns_out_and_no_text_steers_it() {
        let narrow = table(&[By::Account], &[JUNE, MAY], Some(30));
        assert!(
            narrow.lines().all(|line| line.chars().count() <= 30),
            "{narrow}"
        );
        assert!(narrow.contains("\\u{1b}[2J"), "{narrow}");
        assert_eq!(narrow.lines().next(), Some("account    records  data kB"));
    }
}
