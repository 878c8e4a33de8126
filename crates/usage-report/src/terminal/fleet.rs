//! The SIMs of an account.

use usage_model::visible;
use usage_table::{Fleet, FleetSim, SIM_COLUMNS, SimRow};

use super::{
    Layout,
    grid::{Column, grid, width},
};

/// Returns the list of SIMs as a table; those of several accounts with the account first.
pub fn sims_table(sims: &[SimRow], with_account: bool) -> String {
    let accounts = sims.iter().map(|sim| shown(sim.account_sid.as_deref()));
    let account = Column::text("account_sid", accounts.collect());
    let account = with_account.then_some(account);
    let columns = SIM_COLUMNS.iter().enumerate().map(|(number, heading)| {
        let cells = sims.iter().map(|sim| {
            let cell = sim.cells.get(number).and_then(Option::as_deref);
            shown(cell)
        });
        Column::text(*heading, cells.collect())
    });
    grid(
        &account.into_iter().chain(columns).collect::<Vec<_>>(),
        false,
    )
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
