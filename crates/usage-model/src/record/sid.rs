//! The identifiers of accounts and SIMs.

use std::{
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
    marker::PhantomData,
    str::FromStr,
};

/// The identifier of an account: `AC` and 32 hexadecimal digits.
pub type AccountSid = Sid<Account>;

/// The identifier of a SIM: `DE` and 32 hexadecimal digits.
pub type SimSid = Sid<Sim>;

/// The identifier of a rate plan: `WP` and 32 hexadecimal digits.
pub type RatePlanSid = Sid<RatePlan>;

/// Length of every SID in characters: two letters and 32 hexadecimal digits.
const LENGTH: usize = 34;

/// An identifier of the API: a two-letter prefix that names its kind, and 32 hexadecimal digits.
///
/// Digits may be of either case and keep it; the API documents `[0-9a-fA-F]`. Two that differ in the case of digits
/// alone are equal: they are one number.
///
/// ```
/// use usage_model::AccountSid;
///
/// let sid: AccountSid = "ACabababababababababababababababab".parse()?;
/// let upper: AccountSid = "ACABABABABABABABABABABABABABABABAB".parse()?;
/// assert_eq!(sid, upper);
/// assert_ne!(sid.as_str(), upper.as_str());
/// # Ok::<(), usage_model::SidError>(())
/// ```
#[derive(Clone, Copy)]
pub struct Sid<K> {
    text: [u8; LENGTH],
    kind: PhantomData<K>,
}

/// What a [`Sid`] identifies.
pub trait SidKind: sealed::Sealed + 'static {
    /// The two letters that every identifier of this kind starts with.
    const PREFIX: &'static str;
    /// What the identifier stands for, in words.
    const NOUN: &'static str;
}

/// Marks the identifier of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Account;

/// Marks the identifier of a SIM.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Sim;

/// Marks the identifier of a rate plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct RatePlan;

impl SidKind for Account {
    const PREFIX: &'static str = "AC";
    const NOUN: &'static str = "account SID";
}

impl SidKind for Sim {
    const PREFIX: &'static str = "DE";
    const NOUN: &'static str = "SIM SID";
}

impl SidKind for RatePlan {
    const PREFIX: &'static str = "WP";
    const NOUN: &'static str = "rate plan SID";
}

mod sealed {
    #[expect(unnameable_types, reason = "a sealed trait is closed on purpose")]
    pub trait Sealed {}
    impl Sealed for super::Account {}
    impl Sealed for super::Sim {}
    impl Sealed for super::RatePlan {}
}

impl<K: SidKind> Sid<K> {
    #[inline]
    pub(crate) const fn as_bytes(&self) -> &[u8; LENGTH] {
        &self.text
    }

    /// Returns the identifier as text.
    pub fn as_str(&self) -> &str {
        // Only ASCII is ever stored, so the conversion cannot fail.
        std::str::from_utf8(&self.text).unwrap_or_default()
    }
}

impl<K> Sid<K> {
    /// Returns the text with digits in lower case, and the prefix too: what identifiers are compared by.
    fn folded(&self) -> [u8; LENGTH] {
        self.text.map(|byte| byte.to_ascii_lowercase())
    }
}

impl<K> PartialEq for Sid<K> {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text || self.folded() == other.folded()
    }
}

impl<K> Eq for Sid<K> {}

impl<K> PartialOrd for Sid<K> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<K> Ord for Sid<K> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.folded().cmp(&other.folded())
    }
}

impl<K> Hash for Sid<K> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.folded().hash(state);
    }
}

impl<K: SidKind> FromStr for Sid<K> {
    type Err = SidError;

    /// Reads an identifier.
    ///
    /// ```
    /// use usage_model::SimSid;
    ///
    /// let sid: SimSid = "DEcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd".parse()?;
    /// assert!("ACcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd".parse::<SimSid>().is_err());
    /// # Ok::<(), usage_model::SidError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Where the prefix is another one, the length is not 34, or a digit is not hexadecimal.
    fn from_str(text: &str) -> Result<Self, SidError> {
        let digits = text
            .as_bytes()
            .strip_prefix(K::PREFIX.as_bytes())
            .unwrap_or_default();
        match <[u8; LENGTH]>::try_from(text.as_bytes()) {
            Ok(bytes) if !digits.is_empty() && digits.iter().all(u8::is_ascii_hexdigit) => {
                Ok(Self {
                    text: bytes,
                    kind: PhantomData,
                })
            }
            _ => Err(SidError {
                text: text.into(),
                noun: K::NOUN,
                prefix: K::PREFIX,
            }),
        }
    }
}

impl<K: SidKind> AsRef<str> for Sid<K> {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl<K: SidKind> fmt::Display for Sid<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl<K: SidKind> fmt::Debug for Sid<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

crate::__serde_as_text!([K: SidKind] Sid<K>, "a SID");

/// A text that is not an identifier of the kind asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not a {noun}: expected {prefix} and 32 hexadecimal digits")]
pub struct SidError {
    text: Box<str>,
    noun: &'static str,
    prefix: &'static str,
}
