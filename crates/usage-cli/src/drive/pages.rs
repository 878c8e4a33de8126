//! Pages as the user counts them: one list, though each list of the fetch counts its own.

use usage_client::WindowPage;
use usage_model::{Container, Place, Position};

/// Numbers the pages of a fetch.
#[derive(Default)]
pub(crate) struct Pages {
    /// Pages so far.
    count: u64,
    /// Pages before the list of the last one.
    before_list: u64,
}

impl Pages {
    /// Counts a page.
    pub(crate) fn add(&mut self, page: &WindowPage) {
        if page.index == 0 {
            self.before_list = self.count;
        }
        self.count += 1;
    }

    /// The name of the page that was counted last.
    pub(crate) fn last(&self) -> String {
        name(self.count)
    }

    /// The name of the page that a record came with, and the record's place in its body.
    ///
    /// Not always the page that delivers it: of two readings the later stands where the first stood, and a list that
    /// has the newest records first is turned round. Nobody has the body to look a line up in, so that the place
    /// has none.
    pub(crate) fn locate(&self, mut place: Place) -> (String, Place) {
        place.position = Position::default();
        let Container::PageInList { page, record } = place.container else {
            return (self.last(), place);
        };
        place.container = Container::Page(record);
        (name(self.before_list + page + 1), place)
    }
}

fn name(number: u64) -> String {
    format!("page {number}")
}
