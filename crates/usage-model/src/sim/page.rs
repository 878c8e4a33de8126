//! A page of the list of SIMs.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::value::RawValue;

use crate::{LooksLike, MalformedDocument, PageMeta, PageSize, Position, SimRecord};

/// One response body of the list of SIMs.
///
/// Fails to read if the body is no object with a list `sims`, or its `meta` does not decode. Read by `serde_json`
/// only.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SimPage {
    /// The SIMs in the order of the page; a malformed one costs only itself.
    pub sims: Vec<Result<SimRecord, MalformedSim>>,
    /// The paging envelope; `None` if the body has none, or null.
    pub meta: Option<PageMeta>,
}

/// A SIM of the list that does not decode.
///
/// What was found there is not shown, because it may be personal data.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("malformed SIM at /sims/{index}{pointer}: expected {expected}")]
#[non_exhaustive]
pub struct MalformedSim {
    /// The place in the list, from 0.
    pub index: usize,
    /// The offending member as a JSON pointer within the SIM; empty for the SIM itself.
    pub pointer: String,
    /// What should stand there.
    pub expected: &'static str,
}

impl SimPage {
    /// Reads one response body, and decodes no more than one SIM past the page size that was asked for.
    ///
    /// A page with more SIMs than `page_size` has exactly one more here. Memory is so bounded by the page size,
    /// whatever the server sends.
    ///
    /// ```
    /// use usage_model::{PageSize, SimPage};
    ///
    /// let body = br#"{"sims":[{"status":"active"},{},{}],"meta":{"next_page_url":null}}"#;
    /// let page = SimPage::from_slice_up_to(body, PageSize::new(1)?)?;
    /// assert_eq!(page.sims.len(), 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Fails if the body is not one page: not JSON, cut short, without a list `sims`, with a `meta` that does not
    /// decode, or with anything before or after it. The error says where, and nothing of what stands there.
    pub fn from_slice_up_to(body: &[u8], page_size: PageSize) -> Result<Self, MalformedDocument> {
        let mut json = serde_json::Deserializer::from_slice(body);
        let page = PageSeed {
            most: usize::from(page_size.get()),
        };
        let page = page.deserialize(&mut json);
        page.and_then(|page| json.end().map(|()| page))
            .map_err(|error| no_page(body, &error))
    }
}

fn no_page(body: &[u8], error: &serde_json::Error) -> MalformedDocument {
    let (line, column) = (error.line(), error.column());
    let before = body.split_inclusive(|byte| *byte == b'\n');
    let before = before.take(line.saturating_sub(1)).map(<[u8]>::len);
    let offset = before.fold(column.saturating_sub(1), usize::saturating_add);
    let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    MalformedDocument {
        position: Position::new(count(offset), count(line), count(column)),
        reason: "expected one page, an object with sims and meta".to_owned(),
        looks_like: LooksLike::by_signature(body),
    }
}

impl<'de> Deserialize<'de> for SimPage {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        PageSeed { most: usize::MAX }.deserialize(deserializer)
    }
}

/// Reads a page, and of its SIMs one more than `most`.
struct PageSeed {
    most: usize,
}

impl<'de> DeserializeSeed<'de> for PageSeed {
    type Value = SimPage;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<SimPage, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for PageSeed {
    type Value = SimPage;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a page, an object with a list `sims`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<SimPage, A::Error> {
        let (mut sims, mut meta) = (None, None);
        while let Some(name) = map.next_key::<String>()? {
            match name.as_str() {
                "sims" if sims.is_some() => return Err(Error::duplicate_field("sims")),
                "sims" => sims = Some(map.next_value_seed(SimsSeed { most: self.most })?),
                "meta" if meta.is_some() => return Err(Error::duplicate_field("meta")),
                "meta" => meta = Some(map.next_value::<Option<PageMeta>>()?),
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(SimPage {
            sims: sims.ok_or_else(|| Error::missing_field("sims"))?,
            meta: meta.flatten(),
        })
    }
}

/// Reads the list of a page, and of its SIMs one more than `most`.
struct SimsSeed {
    most: usize,
}

impl<'de> DeserializeSeed<'de> for SimsSeed {
    type Value = Vec<Result<SimRecord, MalformedSim>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for SimsSeed {
    type Value = Vec<Result<SimRecord, MalformedSim>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of SIMs")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut sims = Vec::new();
        while sims.len() <= self.most {
            let Some(raw) = list.next_element::<Box<RawValue>>()? else {
                return Ok(sims);
            };
            let index = sims.len();
            sims.push(
                SimRecord::read(raw.get()).map_err(|(pointer, expected)| MalformedSim {
                    index,
                    pointer,
                    expected,
                }),
            );
        }
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(sims)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Field, sim::tests::SIM};

    #[test]
    fn a_malformed_sim_costs_only_itself_and_shows_no_personal_data() {
        let body = format!(
            r#"{{"sims":[{SIM},{{"iccid":8988303000000000017}},7,{{"links":{{"usage_records":1}}}},{{"sid":null,"sid":null}}],"meta":{{"key":"sims"}}}}"#
        );
        let page: SimPage = serde_json::from_str(&body).unwrap();
        assert!(page.sims[0].is_ok());
        let errors: Vec<String> = page
            .sims
            .iter()
            .filter_map(|sim| sim.as_ref().err().map(ToString::to_string))
            .collect();
        assert_eq!(
            errors,
            [
                "malformed SIM at /sims/1/iccid: expected a string, or null",
                "malformed SIM at /sims/2: expected a SIM, which is an object",
                "malformed SIM at /sims/3/links/usage_records: expected a string, or null",
                "malformed SIM at /sims/4/sid: expected each member once",
            ]
        );
        assert_eq!(page.meta.unwrap().key, Field::Value("sims".to_owned()));
    }

    #[test]
    fn a_page_needs_its_list() {
        for (body, expected) in [
            (r#"{"meta":null}"#, "missing field `sims`"),
            ("[]", "expected a page, an object with a list `sims`"),
            (
                r#"{"sims":null}"#,
                "invalid type: null, expected a list of SIMs",
            ),
            (r#"{"sims":[],"sims":[]}"#, "duplicate field `sims`"),
            (r#"{"sims":[],"meta":{"page":-1}}"#, "at /page"),
        ] {
            let error = serde_json::from_str::<SimPage>(body)
                .unwrap_err()
                .to_string();
            assert!(error.contains(expected), "{error}");
        }
        let page: SimPage = serde_json::from_str(r#"{"sims":[],"more":{}}"#).unwrap();
        assert_eq!(page, SimPage::default());
    }

    #[test]
    fn no_more_sims_than_one_past_the_page_size_are_kept() {
        for (body, page_size, sims) in [
            (r#"{"sims":[{},{},{}],"meta":{"page":0}}"#, 2, 3),
            (r#"{"sims":[{},{},{},7,{}],"meta":{"page":0}}"#, 2, 3),
            (r#"{"meta":{"page":0},"sims":[{},7]}"#, 2, 2),
        ] {
            let page_size = PageSize::new(page_size).unwrap();
            let page = SimPage::from_slice_up_to(body.as_bytes(), page_size).unwrap();
            assert_eq!(page.sims.len(), sims, "{body}");
            assert!(page.meta.is_some(), "{body}");
        }
    }

    #[test]
    fn a_refused_page_of_sims_names_its_place_alone() {
        for (body, position) in [
            ("8988303000000000017", "line 1, column 19 (byte 18)"),
            ("{\"sims\":[{}],\n\"iccid\"}", "line 2, column 8 (byte 21)"),
            (r#"{"sims":["#, "line 1, column 9 (byte 8)"),
            (r#"{"sims":[]} 7"#, "line 1, column 13 (byte 12)"),
        ] {
            let error = SimPage::from_slice_up_to(body.as_bytes(), PageSize::MAX).unwrap_err();
            let expected = format!("expected one page, an object with sims and meta at {position}");
            assert_eq!(error.to_string(), expected, "{body}");
        }
        let error = SimPage::from_slice_up_to(b"<html>", PageSize::MAX).unwrap_err();
        assert_eq!(error.looks_like, Some(LooksLike::Html));
    }
}
