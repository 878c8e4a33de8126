//! The records of a series in the order of their periods.

use chrono::{DateTime, Utc};
use usage_model::{Item, Lenient, Place};

/// What records are ordered by: account, SIM, start and end. Those without a period come first.
type Key = (
    Option<String>,
    Option<String>,
    Option<(DateTime<Utc>, DateTime<Utc>)>,
);

/// Records that come in no order.
#[derive(Default)]
pub(super) struct Sorted(Vec<(Key, Item)>);

impl Sorted {
    /// Keeps an item. Pages have no place in a series.
    pub(super) fn add(&mut self, item: Item) {
        let key = match &item {
            Item::Record(_, record) => record.key(),
            Item::Malformed(record) => record.key(),
            _ => return,
        };
        let bounds = key.bounds();
        let (account, sim) = (key.account_sid.map(sid), key.sim_sid.map(sid));
        self.0.push(((account, sim, bounds), item));
    }

    /// Hands the items over in order, those of one period in the order in which they came. They are numbered anew,
    /// because where an engine had them says nothing.
    pub(super) fn each(self, mut take: impl FnMut(Item)) {
        let mut items = self.0;
        items.sort_by(|(one, _), (other, _)| one.cmp(other));
        for (number, (_, mut item)) in (0_u64..).zip(items) {
            let mut place = Place::default();
            place.record = number;
            match &mut item {
                Item::Record(of_record, _) => *of_record = place,
                Item::Malformed(record) => {
                    record.place = place;
                    record.position = place.position;
                }
                Item::Page(_) => {}
                _ => {}
            }
            take(item);
        }
    }
}

fn sid<T: AsRef<str>>(sid: Lenient<T>) -> String {
    sid.as_str().to_owned()
}
