//! The HTTP side of the emulator: the API's endpoints and the emulator's own.

mod authorize;
mod control;
mod credentials;
mod exchange;
mod gzip;
mod log;
mod openapi;
mod paging;
mod records;
mod router;
mod sims;
mod state;
mod token;
mod tokens;

pub use self::log::LoggedRequest;
pub(crate) use self::{
    credentials::{Clients, Credentials},
    exchange::Connection,
    router::router,
    state::{Api, Settings},
    token::TOKEN_PATH,
};
