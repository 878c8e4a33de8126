//! The access token that all requests of a client share.

use std::{
    future::Future,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use super::token::{Generation, Granted, Stage, Token};
use crate::error::failure::Failure;

/// Keeps one access token, and sees to it that one task at a time fetches the next.
#[derive(Default)]
pub(crate) struct TokenCache {
    state: Mutex<State>,
    /// Held by the task that fetches a token. A task that is dropped meanwhile lets go of it, and the
    /// next one fetches.
    flight: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct State {
    token: Option<Arc<Token>>,
    last_generation: Generation,
    /// Fetches that have ended, well or badly.
    flights: u64,
    /// How the last fetch failed, if it did.
    failure: Option<Failure>,
}

impl TokenCache {
    /// A token that is still good, fetched if need be.
    ///
    /// Tasks that wait while another one fetches share its result, and its failure too: a wrong secret
    /// is sent once and not once for each of them. The next call starts afresh.
    pub(super) async fn get<F, Fut>(
        &self,
        fetch: F,
        random: impl Fn() -> u32,
    ) -> Result<Arc<Token>, Failure>
    where
        F: Fn() -> Fut,
        Fut: Future<Output = Result<Granted, Failure>>,
    {
        let (token, flights_before) = self.usable();
        if let Some(token) = token {
            return Ok(token);
        }
        let _flight = self.flight.lock().await;
        let (token, flights) = self.usable();
        if let Some(token) = token {
            return Ok(token);
        }
        if flights != flights_before
            && let Some(shared) = self.last_result()
        {
            return shared;
        }
        let granted = fetch().await;
        self.landed(granted, random())
    }

    /// The present token, where it still serves and it is time to fetch the next one. Whoever is told so has
    /// to [`renew`](Self::renew) it; nobody else is, until half of what is left of its life is over.
    pub(super) fn take_renewal(&self) -> Option<Generation> {
        let mut state = self.lock();
        let now = Instant::now();
        let due = state
            .token
            .as_ref()
            .filter(|token| token.stage(now) == Stage::Due)?;
        let later = due.put_off(now, Duration::ZERO);
        let generation = later.generation;
        state.token = Some(Arc::new(later));
        Some(generation)
    }

    /// Fetches the token after the present one, while no request waits for it. A failure leaves the present one in
    /// use, and the next renewal comes no sooner than the server asks.
    pub(super) async fn renew(
        &self,
        present: Generation,
        fetch: impl Future<Output = Result<Granted, Failure>>,
        random: u32,
    ) {
        match fetch.await {
            // It goes to whoever asks next.
            Ok(granted) => {
                let _: Result<Arc<Token>, Failure> = self.landed(Ok(granted), random);
            }
            Err(failure) => {
                tracing::warn!(
                    failure = failure.for_log(),
                    "cannot renew the access token, which is still valid"
                );
                self.put_off(present, failure.retry_after.unwrap_or_default());
            }
        }
    }

    /// Drops the token of that generation, if it is still the one in use.
    pub(super) fn invalidate(&self, generation: Generation) {
        let mut state = self.lock();
        if state
            .token
            .as_ref()
            .is_some_and(|token| token.generation == generation)
        {
            state.token = None;
        }
    }

    /// The token, unless it has expired, and how many fetches have ended.
    fn usable(&self) -> (Option<Arc<Token>>, u64) {
        let state = self.lock();
        let now = Instant::now();
        let token = state
            .token
            .as_ref()
            .filter(|token| token.stage(now) != Stage::Expired);
        (token.cloned(), state.flights)
    }

    /// What the last fetch brought: its failure, or its token even where that has expired since. `None` where
    /// the server has refused the token.
    fn last_result(&self) -> Option<Result<Arc<Token>, Failure>> {
        let state = self.lock();
        let failure = state.failure.clone().map(Err);
        failure.or_else(|| state.token.clone().map(Ok))
    }

    /// Keeps the outcome of a fetch. A failure leaves the token in place.
    fn landed(
        &self,
        granted: Result<Granted, Failure>,
        random: u32,
    ) -> Result<Arc<Token>, Failure> {
        let mut state = self.lock();
        state.flights = state.flights.wrapping_add(1);
        match granted {
            Ok(granted) => {
                let generation = state.last_generation.next();
                let token = Arc::new(Token::new(granted, generation, random));
                state.last_generation = generation;
                state.failure = None;
                state.token = Some(Arc::clone(&token));
                Ok(token)
            }
            Err(failure) => {
                state.failure = Some(failure.clone());
                Err(failure)
            }
        }
    }

    /// Lets a token that would have been renewed serve on without another try for a while, and for as long as
    /// the server asks.
    fn put_off(&self, present: Generation, asked: Duration) {
        let mut state = self.lock();
        let present = state
            .token
            .as_ref()
            .filter(|token| token.generation == present);
        if let Some(present) = present {
            state.token = Some(Arc::new(present.put_off(Instant::now(), asked)));
        }
    }

    /// A cache that has a token.
    #[cfg(test)]
    pub(super) fn with(token: Token) -> Self {
        let cache = Self::default();
        cache.lock().token = Some(Arc::new(token));
        cache
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // No code that holds the lock can leave the state half changed.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
