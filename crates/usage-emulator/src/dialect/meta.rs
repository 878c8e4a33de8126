//! Dialects of the paging envelope.

use usage_model::{Field, MetaNumber, PageMeta};

use super::{Dialect, Dialects};

impl Dialects {
    /// Changes the envelope of a page as the dialects have it.
    pub(crate) fn apply_to_meta(&self, meta: &mut PageMeta) {
        if self.has(Dialect::MetaStrings) {
            for number in [&mut meta.page, &mut meta.page_size] {
                if let Field::Value(MetaNumber::Number(value)) = number {
                    *number = Field::Value(MetaNumber::Text(value.to_string().into()));
                }
            }
        }
        if self.has(Dialect::EmptyEnd) {
            for link in [&mut meta.previous_page_url, &mut meta.next_page_url] {
                if link.is_null() {
                    *link = Field::Value(String::new());
                }
            }
        }
    }
}
