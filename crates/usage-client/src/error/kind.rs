//! What went wrong, in the terms in which a caller decides what to do.

/// The kind of an [`Error`](crate::Error).
///
/// Each variant says whether the client has retried before it gave up.
///
/// ```
/// use usage_client::{Client, Credentials, ErrorKind};
///
/// let refused = Client::builder()
///     .credentials(Credentials::bearer("a token with\na line break"))
///     .build();
/// match refused.map_err(|error| error.kind()) {
///     Err(ErrorKind::Config) => {} // set up wrongly: `Error::help` says what to do
///     Err(ErrorKind::Authentication | ErrorKind::Permission) => panic!("nothing was sent yet"),
///     other => panic!("{other:?}"),
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The client or the query is set up wrongly. Nothing was sent; not retried.
    Config,
    /// No connection, or one that broke before the response: name not found, refused, unreachable,
    /// reset. Retried.
    Connect,
    /// No trusted TLS connection: unknown issuer, wrong name, no TLS at the other end. Not retried.
    Tls,
    /// One attempt took longer than its timeout, or its body stopped coming. Retried.
    Timeout,
    /// The total time allowed for the call ran out, during an attempt or a wait. Not retried; attempts within that
    /// time may have been.
    Deadline,
    /// The body of the response ended early. Retried.
    Body,
    /// The server does not accept the credentials: the secret is wrong, or the access token is dead
    /// and a new one was refused too. A dead token is renewed once; otherwise not retried.
    Authentication,
    /// The credentials are accepted but may not read this resource. Not retried.
    Permission,
    /// The server refuses the request with another 4xx status. Only 408 and 425 are retried.
    Refused,
    /// Too many requests, status 429. Retried, no sooner than the server asks.
    RateLimited,
    /// The server failed with a 5xx status. 500, 502 to 504, and 520 to 529 are retried.
    Server,
    /// The server answers with a redirect, which is never followed. Not retried.
    Redirect,
    /// The server answers what the API does not: no page of usage records, no paging envelope, a link
    /// that leads elsewhere, a page a second time; see [`Error::protocol`](crate::Error::protocol).
    /// Not retried.
    Protocol,
    /// The response, or its headers, are larger than the limit. Not retried.
    TooLarge,
    /// Not asked for, or not asked for to the end: after a failure that every further request would have
    /// met too, or because the runtime is shutting down. Not retried.
    Abandoned,
}
