//! Values out of unstructured bytes, for fuzzers; feature `arbitrary`.

use arbitrary::{Arbitrary, Error, Result, Unstructured};
use chrono::DateTime;
use rust_decimal::Decimal;

use crate::{
    Amount, Code, CommandCounts, Count, CountryUsage, Counts, DataCounts, DataUnit, Field,
    Granularity, International, Lenient, MetaNumber, PageMeta, PageSize, Period, RawJson, Resource,
    Sid, SidKind, Timestamp, UnknownMembers, Usage, UsageNode, UsageRecord, Window, WindowPart,
};

/// Most levels of a JSON value: what it holds is drawn by calling the same function.
const DEEPEST: u8 = 3;

impl<'a> Arbitrary<'a> for Count {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let value: u64 = u.arbitrary()?;
        Ok(Self::new(value >> u.int_in_range(0..=63)?).unwrap_or(Self::MAX))
    }
}

/// Plain, with an exponent, or longer than any decimal.
impl<'a> Arbitrary<'a> for Amount {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let text = match u.int_in_range(0..=3)? {
            0 => format!("{}e{}", u.arbitrary::<i64>()?, u.arbitrary::<i16>()?),
            1 => format!("{}.{:0>40}", u.arbitrary::<i64>()?, u.arbitrary::<u64>()?),
            _ => Decimal::new(u.arbitrary()?, u32::from(u.arbitrary::<u8>()? % 29)).to_string(),
        };
        text.parse().map_err(|_| Error::IncorrectFormat)
    }
}

impl<'a> Arbitrary<'a> for Timestamp {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let second = u.int_in_range(-62_135_596_800_i64..=253_402_214_400)?;
        let instant = DateTime::from_timestamp(second, 0).ok_or(Error::IncorrectFormat)?;
        let fraction = match u.int_in_range(0..=9)? {
            0_usize => String::new(),
            digits => format!(".{:0digits$}", u.int_in_range(0..=9)?),
        };
        let offset = if u.arbitrary()? {
            "Z".to_owned()
        } else {
            let sign = if u.arbitrary()? { '+' } else { '-' };
            let (hours, minutes) = (u.int_in_range(0..=23)?, u.int_in_range(0..=59)?);
            format!("{sign}{hours:02}:{minutes:02}")
        };
        format!("{}{fraction}{offset}", instant.format("%Y-%m-%dT%H:%M:%S"))
            .parse()
            .map_err(|_| Error::IncorrectFormat)
    }
}

impl<'a, K: SidKind> Arbitrary<'a> for Sid<K> {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let number: u128 = u.arbitrary()?;
        format!("{}{number:032x}", K::PREFIX)
            .parse()
            .map_err(|_| Error::IncorrectFormat)
    }
}

impl<'a, K> Arbitrary<'a> for Code<K> {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let mut text = String::new();
        for _ in 0..3 {
            text.push(char::from(u.int_in_range(b'A'..=b'Z')?));
        }
        text.parse().map_err(|_| Error::IncorrectFormat)
    }
}

impl<'a> Arbitrary<'a> for DataUnit {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        u.choose(&Self::ALL).copied()
    }
}

impl<'a> Arbitrary<'a> for Granularity {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        u.choose(&Self::ALL).copied()
    }
}

impl<'a> Arbitrary<'a> for Resource {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(if u.arbitrary()? {
            Self::Account
        } else {
            Self::Sim(u.arbitrary()?)
        })
    }
}

impl<'a> Arbitrary<'a> for PageSize {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let size = u.int_in_range(Self::MIN.get()..=Self::MAX.get())?;
        Self::new(size).map_err(|_| Error::IncorrectFormat)
    }
}

impl<'a> Arbitrary<'a> for WindowPart {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        u.choose(&[Self::Hour, Self::Day, Self::Month]).copied()
    }
}

/// Any window that the calendar has, at nanosecond precision.
impl<'a> Arbitrary<'a> for Window {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let (from, to) = (
            DateTime::<chrono::Utc>::MIN_UTC.timestamp(),
            DateTime::<chrono::Utc>::MAX_UTC.timestamp(),
        );
        let start = u.int_in_range(from..=to - 1)?;
        let end = u.int_in_range(start + 1..=to)?;
        let instant =
            |second, nanos| DateTime::from_timestamp(second, nanos).ok_or(Error::IncorrectFormat);
        let nanos = u.int_in_range(0..=999_999_999)?;
        Self::new(instant(start, nanos)?, instant(end, nanos)?).map_err(|_| Error::IncorrectFormat)
    }
}

impl<'a, T: Arbitrary<'a>> Arbitrary<'a> for Field<T> {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(match u.int_in_range(0..=3)? {
            0 => Self::Absent,
            1 => Self::Null,
            _ => Self::Value(u.arbitrary()?),
        })
    }
}

impl<'a, T: Arbitrary<'a> + std::str::FromStr> Arbitrary<'a> for Lenient<T> {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(if u.arbitrary()? {
            Self::Known(u.arbitrary()?)
        } else {
            Self::from_text(u.arbitrary()?)
        })
    }
}

impl<'a> Arbitrary<'a> for RawJson {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let text = json(u, DEEPEST)?;
        Self::new(&text).map_err(|_| Error::IncorrectFormat)
    }
}

fn json(u: &mut Unstructured<'_>, levels: u8) -> Result<String> {
    let string = |text: &str| serde_json::Value::from(text).to_string();
    Ok(match u.int_in_range(0..=if levels == 0 { 3 } else { 5 })? {
        0 => "null".to_owned(),
        1 => u.arbitrary::<bool>()?.to_string(),
        2 => format!("{}e{}", u.arbitrary::<i128>()?, u.arbitrary::<i16>()?),
        3 => string(u.arbitrary()?),
        4 => {
            let mut values = Vec::new();
            for _ in 0..u.int_in_range(0..=3)? {
                values.push(json(u, levels - 1)?);
            }
            format!("[{}]", values.join(","))
        }
        _ => format!("{{{}:{}}}", string(u.arbitrary()?), json(u, levels - 1)?),
    })
}

/// Names that no object of the API has.
impl<'a> Arbitrary<'a> for UnknownMembers {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let mut unknown = Self::NONE;
        for _ in 0..u.int_in_range(0..=2)? {
            let name = format!("x-{}", u.arbitrary::<&str>()?);
            unknown.insert(&name, u.arbitrary()?);
        }
        Ok(unknown)
    }
}

impl<'a> Arbitrary<'a> for CommandCounts {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(Self {
            total: u.arbitrary()?,
            to_sim: u.arbitrary()?,
            from_sim: u.arbitrary()?,
        })
    }
}

impl<'a> Arbitrary<'a> for DataCounts {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(Self {
            total: u.arbitrary()?,
            download: u.arbitrary()?,
            upload: u.arbitrary()?,
            units: u.arbitrary()?,
        })
    }
}

impl<'a, C: Counts + Arbitrary<'a>> Arbitrary<'a> for UsageNode<C> {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(Self {
            counts: u.arbitrary()?,
            billed: u.arbitrary()?,
            billing_units: u.arbitrary()?,
            unknown: u.arbitrary()?,
        })
    }
}

impl<'a, C: Counts + Arbitrary<'a>> Arbitrary<'a> for CountryUsage<C> {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(Self {
            country_code: u.arbitrary()?,
            node: u.arbitrary()?,
        })
    }
}

impl<'a, C: Counts + Arbitrary<'a>> Arbitrary<'a> for International<C> {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(match u.int_in_range(0..=3)? {
            0 => Self::Absent,
            1 => Self::Null,
            2 => Self::List(u.arbitrary()?),
            _ => Self::Single(u.arbitrary()?),
        })
    }
}

impl<'a, C: Counts + Arbitrary<'a>> Arbitrary<'a> for Usage<C> {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(Self {
            top: u.arbitrary()?,
            home: u.arbitrary()?,
            national_roaming: u.arbitrary()?,
            international_roaming: u.arbitrary()?,
        })
    }
}

impl<'a> Arbitrary<'a> for Period {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(Self {
            start: u.arbitrary()?,
            end: u.arbitrary()?,
            unknown: u.arbitrary()?,
        })
    }
}

impl<'a> Arbitrary<'a> for UsageRecord {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let mut record = Self {
            account_sid: u.arbitrary()?,
            sim_sid: u.arbitrary()?,
            period: u.arbitrary()?,
            commands: u.arbitrary()?,
            data: u.arbitrary()?,
            unknown: u.arbitrary()?,
        };
        if !record.has_values() {
            // An object without a value in any member of a record is none.
            record.account_sid = Field::Value(Lenient::from_text(""));
            record.unknown = UnknownMembers::NONE;
        }
        Ok(record)
    }
}

impl<'a> Arbitrary<'a> for MetaNumber {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(if u.arbitrary()? {
            Self::Number(u.arbitrary()?)
        } else {
            Self::Text(u.arbitrary()?)
        })
    }
}

impl<'a> Arbitrary<'a> for PageMeta {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(Self {
            page: u.arbitrary()?,
            page_size: u.arbitrary()?,
            first_page_url: u.arbitrary()?,
            previous_page_url: u.arbitrary()?,
            url: u.arbitrary()?,
            next_page_url: u.arbitrary()?,
            key: u.arbitrary()?,
            unknown: u.arbitrary()?,
        })
    }
}
