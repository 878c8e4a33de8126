//! One HTTP exchange: sent, read to its end within limits, understood, and tried again where that helps.

pub(crate) mod budget;
mod certificates;
pub(crate) mod deadline;
mod decoding;
pub(crate) mod error_body;
pub(crate) mod exchange;
pub(crate) mod jitter;
pub(crate) mod origin;
pub(crate) mod proxy;
pub(crate) mod rate_limit;
pub(crate) mod redaction;
pub(crate) mod refusal;
pub(crate) mod response;
pub(crate) mod retry;
pub(crate) mod retry_after;
pub(crate) mod transport;
