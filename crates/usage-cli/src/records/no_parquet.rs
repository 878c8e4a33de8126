//! What stands in place of tables in Parquet where the program is built without them: no table can be had.

use std::io::{self, Write};

use chrono::{DateTime, Utc};
use usage_model::UsageRecord;
use usage_table::{Fetched, LeftOut, ReadingRow};

use crate::failure::Failure;

/// A table that nobody can have.
pub(crate) enum Parquet {}

impl Parquet {
    pub(super) fn usage(_: Fetched) -> Result<Self, Failure> {
        Err(Failure::without("parquet"))
    }

    pub(super) fn readings(_: Fetched) -> Result<Self, Failure> {
        Err(Failure::without("parquet"))
    }

    pub(super) fn fetched_at(&mut self, _: DateTime<Utc>) {
        match *self {}
    }

    pub(super) fn write(&mut self, _: &mut dyn Write, _: &UsageRecord) -> io::Result<()> {
        match *self {}
    }

    pub(super) fn reading(&mut self, _: &mut dyn Write, _: ReadingRow<'_>) -> io::Result<()> {
        match *self {}
    }

    pub(super) fn held(&self) -> usize {
        match *self {}
    }

    pub(super) fn write_group(&mut self, _: &mut dyn Write) -> io::Result<()> {
        match *self {}
    }

    pub(super) fn finish(&mut self, _: &mut dyn Write) -> io::Result<()> {
        match *self {}
    }

    pub(super) fn left_out(&self) -> LeftOut {
        match *self {}
    }
}
