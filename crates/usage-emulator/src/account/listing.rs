//! How lists are laid out, where nobody knows how the API does it.

use usage_model::named;

/// In which direction records are listed. The API's documents do not say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "a list has two directions")]
pub enum Order {
    /// `oldest-first`: by the start of the period, rising.
    #[default]
    OldestFirst,
    /// `newest-first`: by the start of the period, falling.
    NewestFirst,
}

/// What becomes of records without usage: hours, days, and the whole of a window. The API's documents do
/// not say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "a record is sent or left out")]
pub enum EmptyPeriods {
    /// `include`: they are sent, with zeros.
    #[default]
    Include,
    /// `omit`: they are left out, until usage of theirs shows; a list may then be empty.
    Omit,
}

/// Whether a window that ends at midnight has the day that starts there. "On or before" in the API's
/// documents can be read both ways.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "an end belongs to a window or not")]
pub enum EndOfWindow {
    /// `exclusive`: the window ends with the day before.
    #[default]
    Exclusive,
    /// `inclusive`: the day that starts there is in the window.
    Inclusive,
}

/// What becomes of SIMs that have left the account. The API's documents do not say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum DepartedSims {
    /// `listed`: they are in the list of SIMs, as `deactivated`, and their records are answered.
    #[default]
    Listed,
    /// `unlisted`: they are not in the list; their records are answered.
    Unlisted,
    /// `gone`: they are not in the list, and nothing is found under their SID. Their usage stays in the
    /// totals of the account.
    Gone,
}

/// How all lists of an emulator are laid out.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Listing {
    pub(crate) order: Order,
    pub(crate) empty: EmptyPeriods,
    pub(crate) end: EndOfWindow,
    pub(crate) departed: DepartedSims,
}

named!(pub Order, "an order of records", { OldestFirst: "oldest-first", NewestFirst: "newest-first" });
named!(pub EmptyPeriods, "a treatment of empty periods", { Include: "include", Omit: "omit" });
named!(pub EndOfWindow, "an end of a window", { Exclusive: "exclusive", Inclusive: "inclusive" });
named!(pub DepartedSims, "a treatment of departed SIMs", {
    Listed: "listed",
    Unlisted: "unlisted",
    Gone: "gone",
});
