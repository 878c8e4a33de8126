//! What the server itself says of a failure.

use std::fmt;

/// The error body of the API, of its token endpoint, or of a gateway before them.
///
/// All texts come from the server, with control characters taken out, shortened, and with the
/// client's own credentials replaced where the server repeats them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServerError {
    /// The API's own error code, for instance `33101`; for the token endpoint OAuth's, for instance
    /// `unauthorized_client`.
    pub code: Option<String>,
    /// The HTTP status as the body repeats it.
    pub status: Option<u16>,
    /// What is wrong, in the server's words.
    pub message: Option<String>,
    /// Where to read more.
    pub more_info: Option<String>,
}

/// `code 33101: message (more_info)`, without the parts that are not there.
impl fmt::Display for ServerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.code, &self.message) {
            (Some(code), Some(message)) => write!(f, "code {code}: {message}")?,
            (Some(code), None) => write!(f, "code {code}")?,
            (None, message) => f.write_str(message.as_deref().unwrap_or_default())?,
        }
        match &self.more_info {
            Some(more_info) => write!(f, " ({more_info})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for ServerError {}
