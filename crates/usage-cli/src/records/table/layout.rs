//! Which columns of a table fit, and in which unit data is.

use std::io::{self, Write};

use chrono::{DateTime, Utc};
use usage_model::{Granularity, Window};
use usage_table::{Figure, Scale};

/// How a table is laid out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TableOptions {
    /// Whether data is shown in exact bytes.
    pub(crate) bytes: bool,
    /// The window that was asked for: a period of it without a record has a row too.
    pub(crate) window: Window,
    /// How long the periods are.
    pub(crate) granularity: Granularity,
    /// The present, from which it is told which figures may still grow.
    pub(crate) now: DateTime<Utc>,
    /// The columns that there is room for; `None` is room for all.
    pub(crate) width: Option<usize>,
}

/// An account and a SIM, as texts.
pub(super) type Series = (String, String);

/// The bounds of a row, none where the record has none.
pub(super) type Period = Option<(DateTime<Utc>, DateTime<Utc>)>;

/// The figures of a row, of data and of Commands.
pub(super) type Row = [[Figure; 4]; 2];

/// One line of a table: a record, or periods without one.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) series: Series,
    pub(super) label: String,
    pub(super) row: Option<Row>,
}

/// Which columns there are, and how wide.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    label: usize,
    columns: Vec<Column>,
    /// The unit of all columns of data.
    data: Scale,
}

#[derive(Clone, Debug)]
struct Column {
    /// Data or Commands.
    tree: usize,
    share: usize,
    width: usize,
}

/// What the columns are called, by share.
const NAMES: [&str; 4] = ["total", "home", "national", "internat."];

/// The trees in the order of their columns.
const TREES: [&str; 2] = ["data", "Commands"];

/// The space before a column.
const GAP: usize = 2;

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
            data: Scale::EXACT,
        })
    }

    fn with(lines: &[Line], set: [usize; 2], decimals: u32, bytes: bool) -> Self {
        let label = lines.iter().filter(|line| line.row.is_some());
        let label = label.map(|line| line.label.chars().count()).max();
        let columns: Vec<_> = set
            .into_iter()
            .enumerate()
            .flat_map(|(tree, shares)| (0..shares).map(move |share| (tree, share)))
            .collect();
        let figures = |tree: usize, share: usize| {
            let rows = lines.iter().filter_map(|line| line.row.as_ref());
            rows.filter_map(move |row| row.get(tree)?.get(share).copied())
        };
        let data = columns.iter().filter(|(tree, _)| *tree == 0);
        let data = data.flat_map(|(tree, share)| figures(*tree, *share));
        let largest = data.filter_map(Figure::known).max().unwrap_or(0);
        let data = if bytes {
            Scale::EXACT
        } else {
            Scale::of(largest, decimals)
        };
        let columns = columns.into_iter().map(|(tree, share)| {
            let scale = scale(tree, data);
            let cells = figures(tree, share).map(|figure| scale.show(figure).chars().count());
            Column {
                tree,
                share,
                width: cells.fold(name(share).chars().count(), usize::max),
            }
        });
        let mut layout = Self {
            label: label.unwrap_or(0).max("period, UTC".len()),
            columns: columns.collect(),
            data,
        };
        layout.make_room_for_groups();
        layout
    }

    /// Widens the first column of each tree where the name of the tree is longer than its columns.
    fn make_room_for_groups(&mut self) {
        for tree in 0..TREES.len() {
            let missing = self.group(tree).chars().count();
            let missing = missing.saturating_sub(self.group_width(tree).saturating_sub(GAP));
            let first = self.columns.iter_mut().find(|column| column.tree == tree);
            if let Some(first) = first {
                first.width += missing;
            }
        }
    }

    /// What stands above the columns of a tree.
    fn group(&self, tree: usize) -> String {
        let name = TREES.get(tree).copied().unwrap_or_default();
        if tree == 0 {
            format!("{name}, {}", self.data.unit())
        } else {
            name.to_owned()
        }
    }

    fn group_width(&self, tree: usize) -> usize {
        let columns = self.columns.iter().filter(|column| column.tree == tree);
        columns.map(|column| column.width + GAP).sum()
    }

    fn width(&self) -> usize {
        self.label
            + self
                .columns
                .iter()
                .map(|column| column.width + GAP)
                .sum::<usize>()
    }

    pub(super) fn header(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut line = format!("{:1$}", "", self.label);
        for tree in 0..TREES.len() {
            let width = self.group_width(tree);
            if width > 0 {
                line = format!("{line}{:>width$}", self.group(tree));
            }
        }
        writeln!(out, "{}", line.trim_end())?;
        write!(out, "{:<1$}", "period, UTC", self.label)?;
        for column in &self.columns {
            let name = name(column.share);
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
            let cell =
                scale(column.tree, self.data).show(figure.copied().unwrap_or(Figure::Absent));
            write!(out, "  {cell:>0$}", column.width)?;
        }
        writeln!(out)
    }
}

/// The name of a column.
fn name(share: usize) -> &'static str {
    NAMES.get(share).copied().unwrap_or_default()
}

/// The unit of a tree: Commands have none.
const fn scale(tree: usize, data: Scale) -> Scale {
    if tree == 0 { data } else { Scale::EXACT }
}
