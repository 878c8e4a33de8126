//! Reading straight from the text, without keeping track of places.

use crate::{CountryUsage, Counts, Field, International, RawJson};

use super::{
    cursor::{Cursor, Stop},
    leaf::Leaf,
    members::{Object, Source},
};

/// Fills one object from the start of a text, and says how many bytes it takes.
///
/// It is filled in place: records are large, and moving them costs more than reading some members. Where this
/// stops, [`super::decode_tracked`] reads again what is unusual, or finds out what is wrong.
pub(crate) fn decode_prefix<O: Object>(text: &str, object: &mut O) -> Result<usize, Stop> {
    let mut cursor = Cursor::new(text);
    fill(&mut cursor, object)?;
    Ok(cursor.at())
}

/// Reads the members of the object that starts here.
fn fill<O: Object>(cursor: &mut Cursor<'_>, object: &mut O) -> Result<(), Stop> {
    cursor.expect(b'{')?;
    if cursor.passes(b'}')? {
        return Ok(());
    }
    loop {
        let name = cursor.string()?;
        cursor.expect(b':')?;
        object.any_member(name, cursor)?;
        if cursor.closes(b'}')? {
            return Ok(());
        }
    }
}

impl Source for Cursor<'_> {
    type Error = Stop;

    fn leaf<T: Leaf>(&mut self, slot: &mut Field<T>) -> Result<(), Stop> {
        let value = match self.next()? {
            b'"' => T::from_text(self.string()?),
            b'-' | b'0'..=b'9' => match self.number() {
                Err(Stop::Unusual) => T::from_raw(self.raw()?.get()),
                number => T::from_number(number?),
            },
            _ => {
                self.null()?;
                *slot = Field::Null;
                return Ok(());
            }
        };
        *slot = Field::Value(value.ok_or(Stop::Unusual)?);
        Ok(())
    }

    fn object<O: Object>(&mut self, slot: &mut Field<O>) -> Result<(), Stop> {
        if self.next()? != b'{' {
            *slot = Field::Null;
            return self.null();
        }
        *slot = Field::Value(O::default());
        slot.value_mut().map_or(Ok(()), |object| fill(self, object))
    }

    fn international<C: Counts>(&mut self, slot: &mut International<C>) -> Result<(), Stop> {
        match self.next()? {
            b'[' => {
                let mut entries = Vec::new();
                let read = self.entries(&mut entries);
                *slot = International::List(entries);
                read
            }
            b'{' => {
                let mut entry = Box::<CountryUsage<C>>::default();
                fill(self, &mut *entry)?;
                *slot = International::Single(entry);
                Ok(())
            }
            _ => {
                *slot = International::Null;
                self.null()
            }
        }
    }

    fn unknown(&mut self) -> Result<RawJson, Stop> {
        self.raw().map(|raw| RawJson::trusted(raw.get()))
    }

    fn duplicate(&mut self) -> Stop {
        Stop::Unusual
    }
}

impl Cursor<'_> {
    /// Reads the entries of the list that starts here.
    fn entries<C: Counts>(&mut self, entries: &mut Vec<CountryUsage<C>>) -> Result<(), Stop> {
        self.expect(b'[')?;
        if self.passes(b']')? {
            return Ok(());
        }
        loop {
            entries.push(CountryUsage::default());
            if let Some(entry) = entries.last_mut() {
                fill(self, entry)?;
            }
            if self.closes(b']')? {
                return Ok(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::{prelude::*, sample::Index};
    use serde_json::value::RawValue;

    use super::*;
    use crate::{
        UsageRecord,
        decode::{Outcome, decode_tracked, value_prefix},
    };

    /// Every shape a member can have.
    const RECORD: &str = concat!(
        r#"{"account_sid":"ACabababababababababababababababab","sim_sid":null,"#,
        r#""period":{"start":"2026-03-05T00:00:00.5+01:00","end":"2026-03-05T23:59:59Z","x":{}},"#,
        "\n\t",
        r#""commands":{"total":3,"to_sim":0,"from_sim":null,"billed":-0.05,"billing_units":"USD","#,
        r#""home":{},"national_roaming":null,"international_roaming":{"country_code":"DEU","total":1}},"#,
        r#""data":{"total":9223372036854775807,"units":"bytes","billed":1.5e1,"note":["é",[1.5,-2],true],"#,
        r#""international_roaming": [ {"country_code":"CHE","billed":0.10} , {"country_code":"é","other":""} ] } }"#,
    );

    fn fast(text: &str) -> Result<(UsageRecord, usize), Stop> {
        let mut record = UsageRecord::default();
        decode_prefix(text, &mut record).map(|length| (record, length))
    }

    /// Reads with the whole parser; `None` where it refuses.
    fn tracked(text: &str) -> Option<(UsageRecord, usize)> {
        match value_prefix::<&RawValue>(text) {
            Outcome::Value(raw, length) => Some((decode_tracked(raw).ok()?, length)),
            Outcome::Incomplete | Outcome::Wrong(_) => None,
        }
    }

    #[test]
    fn every_shape_is_read_in_haste() {
        let (record, length) = fast(RECORD).unwrap();
        assert_eq!(length, RECORD.len());
        assert_eq!(tracked(RECORD), Some((record, length)));
        assert_eq!(fast("{ }").unwrap(), (UsageRecord::default(), 3));
    }

    #[test]
    fn every_beginning_is_incomplete() {
        for (length, _) in RECORD.char_indices() {
            let text = RECORD.get(..length).unwrap();
            assert_eq!(fast(text), Err(Stop::Incomplete), "{text}");
        }
    }

    #[test]
    fn what_is_rare_is_left_to_the_whole_parser() {
        for text in [
            r#"{"sim_sid":"\u0041"}"#,
            r#"{"si\u006d_sid":null}"#,
            r#"{"data":{"total":1.0}}"#,
            r#"{"data":{"total":"1"}}"#,
            r#"{"data":{"total":1,"total":1}}"#,
            r#"{"data":[]}"#,
            r#"{"data":{"billed":0.12345678901234567890123456789}}"#,
            r#"{"data":{"billed":1 2}}"#,
            r#"{"data" {}}"#,
            r#"{"data":{},}"#,
            r#"{"data":{"home":{}]}"#,
            r#"{"data":{"international_roaming":[{}}}"#,
            r#"{"data":{"international_roaming":{}"#,
            "[]",
            "null",
        ] {
            let expected = match value_prefix::<&RawValue>(text) {
                Outcome::Incomplete => Stop::Incomplete,
                Outcome::Value(..) | Outcome::Wrong(_) => Stop::Unusual,
            };
            assert_eq!(fast(text), Err(expected), "{text}");
        }
    }

    proptest! {
        /// A text that was edited at random is read in haste only as the whole parser reads it.
        #[test]
        fn haste_takes_nothing_that_the_whole_parser_refuses(
            edits in prop::collection::vec((any::<Index>(), 0..3_usize, "[{}\\[\\],:\"\\\\ \n\u{0}\u{e9}0-9.eE+a-z-]{1,2}"), 1..4),
        ) {
            let mut text: Vec<char> = RECORD.chars().collect();
            for (at, removed, added) in edits {
                let at = at.index(text.len());
                let end = (at + removed).min(text.len());
                text.splice(at..end, added.chars());
            }
            let text: String = text.into_iter().collect();
            let whole = value_prefix::<&RawValue>(&text);
            match fast(&text) {
                Ok(read) => prop_assert_eq!(Some(read), tracked(&text)),
                Err(Stop::Incomplete) => prop_assert!(matches!(whole, Outcome::Incomplete), "{:?}", whole),
                Err(Stop::Unusual) => prop_assert!(tracked(&text).is_none() || text.contains('\\'), "{}", text),
            }
        }
    }
}
