//! Faults: ways in which the API is made to misbehave.
//!
//! Each fault is one [`Entry`](entry::Entry): its name, its grammar, its line in the help and its effect.
//! They stand in families, one file each, and [`catalogue`] lists them.

mod active;
mod arguments;
mod bodies;
mod catalogue;
mod counter_path;
mod counters;
mod entry;
mod help;
mod links;
mod records;
mod requests;
mod sent;
mod statuses;
mod text;
mod when;
mod windows;

pub use self::{
    active::InjectedFault,
    help::faults_page,
    text::{Fault, FaultError},
    when::Endpoint,
};
pub(crate) use self::{
    active::{Faults, RefusedFault},
    entry::{Asked, PageDraft, RequestEffect},
    sent::SentRecords,
};
