//! How a body is delivered: at once or slowly, whole or broken off.

use std::{io, time::Duration};

use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};

/// In how many pieces a slow body comes.
const PIECES: u32 = 16;

/// How a body is delivered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Delivery {
    /// Over what time the whole body would come; all at once without it.
    pub(crate) over: Option<Duration>,
    /// What happens after half of the body; all of it comes without it.
    pub(crate) broken: Option<Break>,
}

/// What happens after half of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Break {
    /// The connection is closed.
    Close,
    /// The connection is reset.
    Reset,
    /// Nothing, and the connection stays open.
    Silence,
}

impl Delivery {
    /// Returns the pieces of a body, as far as they come.
    pub(crate) fn pieces(
        self,
        body: Bytes,
    ) -> impl Stream<Item = io::Result<Bytes>> + Send + use<> {
        let Self { over, broken } = self;
        let count = over.map_or(1, |_| usize::try_from(PIECES).unwrap_or(1));
        let size = body.len().div_ceil(count).max(1);
        let pause = over.map(|over| over / PIECES);
        let kept = if broken.is_some() {
            body.slice(..body.len() / 2)
        } else {
            body
        };
        let pieces = stream::unfold(kept, move |mut rest| async move {
            if rest.is_empty() {
                return None;
            }
            if let Some(pause) = pause {
                tokio::time::sleep(pause).await;
            }
            let piece = rest.split_to(size.min(rest.len()));
            Some((Ok(piece), rest))
        });
        let end = stream::iter(broken).then(|broken| async move {
            let kind = match broken {
                Break::Close => io::ErrorKind::ConnectionAborted,
                Break::Reset => io::ErrorKind::ConnectionReset,
                Break::Silence => std::future::pending().await,
            };
            // What came before is sent only while the body has nothing more to give.
            tokio::task::yield_now().await;
            Err(io::Error::from(kind))
        });
        pieces.chain(end)
    }
}
