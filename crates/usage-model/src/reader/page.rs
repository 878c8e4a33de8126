//! Reading one whole page.

use crate::{Item, MalformedDocument, Position, UsagePage};

use super::{Input, Scanner, Step};

impl UsagePage {
    /// Reads one response body.
    ///
    /// ```
    /// use usage_model::UsagePage;
    ///
    /// let body = br#"{"usage_records":[{"period":{}},{"period":7}],"meta":{"next_page_url":null}}"#;
    /// let page = UsagePage::from_slice(body)?;
    /// assert!(page.records[0].is_ok());
    /// assert_eq!(page.records[1].as_ref().unwrap_err().pointer, "/period");
    /// assert_eq!(page.meta.unwrap().next_page(), None);
    /// # Ok::<(), usage_model::MalformedDocument>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Where the body is no page: not JSON, cut short, without a list `usage_records`, with a `meta` that
    /// does not decode, or with anything before or after it. Its records are not handed over then; for those
    /// before the place of the error there is [`read_records`](crate::read_records).
    pub fn from_slice(body: &[u8]) -> Result<Self, MalformedDocument> {
        let mut input = Input::whole(body);
        let mut scanner = Scanner::default();
        let mut records = Vec::new();
        loop {
            match scanner.next(&mut input, true)? {
                Step::Item(Item::Record(_, record)) => records.push(Ok(record)),
                Step::Item(Item::Malformed(record)) => records.push(Err(record)),
                Step::Item(Item::Page(meta)) if scanner.documents() == 1 => {
                    let after = input.position(0);
                    return match scanner.next(&mut input, true)? {
                        Step::End | Step::NeedsMore => Ok(Self { records, meta }),
                        Step::Item(_) => Err(not_one_page(after)),
                    };
                }
                Step::Item(_) | Step::NeedsMore | Step::End => {
                    return Err(not_one_page(Position::START));
                }
            }
        }
    }
}

fn not_one_page(position: Position) -> MalformedDocument {
    MalformedDocument {
        position,
        reason: "expected one page, an object with usage_records and meta".to_owned(),
    }
}
