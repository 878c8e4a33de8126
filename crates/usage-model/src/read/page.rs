//! Reading one whole page.

use crate::{Item, MalformedDocument, PageSize, PlacedRecord, Position, RecordReader, UsagePage};

impl UsagePage {
    /// Reads one response body.
    ///
    /// ```
    /// use usage_model::UsagePage;
    ///
    /// let body = br#"{"usage_records":[{"sim_sid":"DE"},{"period":7}],"meta":{"next_page_url":null}}"#;
    /// let page = UsagePage::from_slice(body)?;
    /// assert_eq!(page.records[0].as_ref().unwrap().place.pointer(""), "/usage_records/0");
    /// assert_eq!(page.records[1].as_ref().unwrap_err().pointer, "/period");
    /// assert_eq!(page.meta.unwrap().next_page(), None);
    /// # Ok::<(), usage_model::MalformedDocument>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Fails if the body is not one page: not JSON, cut short, without a list `usage_records`, with a `meta` that
    /// does not decode, or with anything before or after it. Its records are not handed over then; for those
    /// before the place of the error there is [`read_records`](crate::read_records).
    pub fn from_slice(body: &[u8]) -> Result<Self, MalformedDocument> {
        read(body, usize::MAX)
    }

    /// Reads one response body, and stops one record past the page size that was asked for.
    ///
    /// A page with more records than `page_size` has exactly one more here, and no `meta`: what follows is not looked
    /// at. Memory is so bounded by the page size, whatever the server sends.
    ///
    /// ```
    /// use usage_model::{PageSize, UsagePage};
    ///
    /// let body = br#"{"usage_records":[{"sim_sid":"DE"},{"sim_sid":"DE"},{"sim_sid":"DE"}]}"#;
    /// let page = UsagePage::from_slice_up_to(body, PageSize::new(1)?)?;
    /// assert_eq!(page.records.len(), 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Fails as [`UsagePage::from_slice`] does, as far as the body is read.
    pub fn from_slice_up_to(body: &[u8], page_size: PageSize) -> Result<Self, MalformedDocument> {
        read(body, usize::from(page_size.get()))
    }
}

fn read(mut body: &[u8], page_size: usize) -> Result<UsagePage, MalformedDocument> {
    let mut reader = RecordReader::new();
    reader.end();
    let mut page = UsagePage::default();
    let mut end = None;
    while let Some(entry) = reader.next(&mut body)? {
        let record = match entry.into_item() {
            Item::Page(meta) if end.is_none() && reader.documents() == 1 => {
                page.meta = meta;
                end = Some(reader.position());
                continue;
            }
            Item::Record(place, record) if end.is_none() && place.is_in_page() => {
                Ok(PlacedRecord::new(place, record))
            }
            Item::Malformed(record) if end.is_none() && record.place.is_in_page() => Err(record),
            _ => return Err(not_one_page(end.unwrap_or(Position::START))),
        };
        page.records.push(record);
        if page.records.len() > page_size {
            return Ok(page);
        }
    }
    match end {
        Some(_) if reader.documents() == 1 => Ok(page),
        Some(end) => Err(not_one_page(end)),
        None => Err(not_one_page(Position::START)),
    }
}

fn not_one_page(position: Position) -> MalformedDocument {
    MalformedDocument {
        position,
        reason: "expected one page, an object with usage_records and meta".to_owned(),
        looks_like: None,
    }
}
