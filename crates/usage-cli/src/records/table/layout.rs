//! Which columns of a table fit, and in which units.

use std::io::{self, Write};

use usage_table::{Figure, Scale};

use super::{Line, TableOptions};

/// Which columns there are, and how wide.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    label: usize,
    columns: Vec<Column>,
}

#[derive(Clone, Debug)]
struct Column {
    /// Data or Commands.
    tree: usize,
    share: usize,
    width: usize,
    scale: Scale,
}

/// What the columns are called, by share.
const NAMES: [&str; 4] = ["total", "home", "national", "internat."];

/// The trees in the order of their columns.
const TREES: [&str; 2] = ["data", "Commands"];

/// The sets of columns, widest first: of data and of Commands, how many shares are shown.
const SETS: [[usize; 2]; 4] = [[4, 4], [4, 1], [1, 1], [1, 0]];

impl Layout {
    /// The widest set of columns that fits; where none does, the smallest one in whole units.
    pub(super) fn of(lines: &[Line], options: &TableOptions) -> Self {
        let layouts = SETS
            .iter()
            .map(|set| (*set, 1))
            .chain(SETS.iter().map(|set| (*set, 0)))
            .map(|(set, decimals)| Self::with(lines, set, decimals, options.bytes));
        let fits = |layout: &Self| options.width.is_none_or(|width| layout.width() <= width);
        let mut last = None;
        for layout in layouts {
            if fits(&layout) {
                return layout;
            }
            last = Some(layout);
        }
        last.unwrap_or(Self {
            label: 0,
            columns: Vec::new(),
        })
    }

    fn with(lines: &[Line], set: [usize; 2], decimals: u32, bytes: bool) -> Self {
        let label = lines.iter().filter(|line| line.row.is_some());
        let label = label.map(|line| line.label.chars().count()).max();
        let columns = set
            .into_iter()
            .enumerate()
            .flat_map(|(tree, shares)| (0..shares).map(move |share| (tree, share)));
        let columns = columns.map(|(tree, share)| {
            let figures = || {
                lines.iter().filter_map(|line| {
                    let figures = line.row.as_ref()?.get(tree)?;
                    figures.get(share).copied()
                })
            };
            let largest = figures().filter_map(Figure::known).max().unwrap_or(0);
            let scale = if tree == 0 && !bytes {
                Scale::of(largest, decimals)
            } else {
                Scale::EXACT
            };
            let heading = heading(tree, share, &scale, bytes).chars().count();
            let width = figures()
                .map(|figure| scale.show(figure).chars().count())
                .fold(heading, usize::max);
            Column {
                tree,
                share,
                width,
                scale,
            }
        });
        Self {
            label: label.unwrap_or(0).max("period, UTC".len()),
            columns: columns.collect(),
        }
    }

    fn width(&self) -> usize {
        self.label
            + self
                .columns
                .iter()
                .map(|column| column.width + 2)
                .sum::<usize>()
    }

    pub(super) fn header(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut line = format!("{:1$}", "", self.label);
        for (tree, name) in TREES.iter().enumerate() {
            let columns = self.columns.iter().filter(|column| column.tree == tree);
            let width: usize = columns.map(|column| column.width + 2).sum();
            if width > 0 {
                line = format!("{line}{name:>width$}");
            }
        }
        writeln!(out, "{}", line.trim_end())?;
        write!(out, "{:<1$}", "period, UTC", self.label)?;
        for column in &self.columns {
            let bytes = column.tree == 0 && column.scale == Scale::EXACT;
            let name = heading(column.tree, column.share, &column.scale, bytes);
            write!(out, "  {name:>0$}", column.width)?;
        }
        writeln!(out)
    }

    pub(super) fn line(&self, out: &mut dyn Write, line: &Line) -> io::Result<()> {
        let Some(row) = &line.row else {
            return writeln!(out, "{}", line.label);
        };
        write!(out, "{:<1$}", line.label, self.label)?;
        for column in &self.columns {
            let figure = row.get(column.tree).and_then(|row| row.get(column.share));
            let cell = column.scale.show(figure.copied().unwrap_or(Figure::Absent));
            write!(out, "  {cell:>0$}", column.width)?;
        }
        writeln!(out)
    }
}

/// The name of a column, with its unit.
fn heading(tree: usize, share: usize, scale: &Scale, bytes: bool) -> String {
    let name = NAMES.get(share).copied().unwrap_or_default();
    if tree > 0 {
        name.to_owned()
    } else if bytes {
        format!("{name} B")
    } else {
        format!("{name} {}", scale.unit())
    }
}
