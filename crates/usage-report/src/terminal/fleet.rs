//! The SIMs of an account.

use usage_model::visible;
use usage_table::{Fleet, FleetSim, SIM_COLUMNS, SimRow};

use super::{
    Layout,
    grid::{Column, grid, width},
};

/// Returns the list of SIMs as a table; those of several accounts with the account first.
///
/// Where the table does not fit, it leaves out the dates first, then the rate plans, then the ICCIDs.
pub fn sims_table(sims: &[SimRow], with_account: bool, layout: Layout) -> String {
    const LEFT_OUT: [&str; 3] = ["date_created", "rate_plan_sid", "iccid"];

    let accounts = sims.iter().map(|sim| shown(sim.account_sid.as_deref()));
    let account = Column::text("account_sid", accounts.collect());
    let account = with_account.then_some(account);
    let columns = |left_out: &[&str]| {
        let columns = SIM_COLUMNS.iter().enumerate();
        let columns = columns.filter(|(_, heading)| !left_out.contains(heading));
        let columns = columns.map(|(number, heading)| {
            let cells = sims.iter().map(|sim| {
                let cell = sim.cells.get(number).and_then(Option::as_deref);
                shown(cell)
            });
            Column::text(*heading, cells.collect())
        });
        account
            .clone()
            .into_iter()
            .chain(columns)
            .collect::<Vec<_>>()
    };
    let fits = |columns: &Vec<Column>| layout.width.is_none_or(|most| width(columns) <= most);
    let mut sets = (0..LEFT_OUT.len()).filter_map(|count| LEFT_OUT.get(..count));
    let fitting = sets.find_map(|left_out| Some(columns(left_out)).filter(fits));
    grid(&fitting.unwrap_or_else(|| columns(&LEFT_OUT)), false)
}

/// Returns what each SIM used as a table, with what is unusual about it in words.
///
/// Where the table does not fit, it leaves out the ICCIDs first, then the names, then the Commands.
pub fn fleet_table(fleet: &Fleet, layout: Layout) -> String {
    let sets = (0..4).map(|left_out| columns(fleet, left_out, layout));
    let mut last = Vec::new();
    for columns in sets {
        if layout.width.is_none_or(|most| width(&columns) <= most) {
            return grid(&columns, false);
        }
        last = columns;
    }
    grid(&last, false)
}

/// The columns, without the first few of those that can be left out.
fn columns(fleet: &Fleet, left_out: usize, layout: Layout) -> Vec<Column> {
    let sims = &fleet.sims;
    let text = |heading: &str, cell: &dyn Fn(&FleetSim) -> String| {
        Column::text(heading, sims.iter().map(cell).collect())
    };
    let mut columns = vec![text("SIM", &|sim| shown(Some(&sim.sim_sid)))];
    if left_out < 2 {
        columns.push(text("name", &|sim| shown(sim.name.as_deref())));
    }
    if left_out < 1 {
        columns.push(text("ICCID", &|sim| shown(sim.iccid.as_deref())));
    }
    columns.push(text("status", &|sim| shown(sim.status.as_deref())));
    let data: Vec<u128> = sims
        .iter()
        .map(|sim| {
            let [total, _, _] = sim.totals.data.figures();
            total
        })
        .collect();
    let scale = layout.scale(data.iter().copied().max().unwrap_or(0));
    columns.push(Column::bytes("data", &data, scale));
    if left_out < 3 {
        let commands = sims.iter().map(|sim| {
            let [total, _, _] = sim.totals.commands.figures();
            total.to_string()
        });
        columns.push(Column::numbers("Commands", commands.collect()));
        columns.push(text("last usage", &|sim| {
            let last = sim
                .last_usage
                .map(|last| last.format("%Y-%m-%d").to_string());
            last.unwrap_or_else(|| "-".to_owned())
        }));
    }
    columns.push(text("flags", &|sim| {
        let flags = sim.flags.iter();
        let flags: Vec<String> = flags
            .map(|flag| format!("{}: {}", flag.name(), flag.message()))
            .collect();
        flags.join("; ")
    }));
    columns
}

/// A cell of a text that may not be there.
fn shown(cell: Option<&str>) -> String {
    match cell {
        None | Some("") => "-".to_owned(),
        Some(cell) => visible(cell).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use usage_model::SimRecord;

    use super::*;

    #[test]
    fn sims_lose_columns_until_their_table_fits() {
        let sim = r#"{"sid":"DE0123456789abcdef0123456789abcdef","unique_name":"pump","iccid":"8988303841834002304",
            "status":"active","rate_plan_sid":"WP0123456789abcdef0123456789abcdef","date_created":"2020-08-30T00:00:00Z"}"#;
        let sim: SimRecord = serde_json::from_str(sim).unwrap();
        let sims = [SimRow::of(&sim)];
        let headings = |width| {
            let table = sims_table(&sims, false, Layout::new(width, false));
            let fits = |line: &str| width.is_none_or(|most| line.chars().count() <= most);
            assert!(table.lines().all(fits), "{table}");
            let headings = table.lines().next().unwrap().split_whitespace();
            headings.map(str::to_owned).collect::<Vec<_>>().join(" ")
        };
        let all = "sid name iccid status rate_plan_sid date_created";
        assert_eq!(headings(None), all);
        assert_eq!(headings(Some(120)), "sid name iccid status rate_plan_sid");
        assert_eq!(headings(Some(80)), "sid name iccid status");
        assert_eq!(headings(Some(60)), "sid name status");
    }
}
