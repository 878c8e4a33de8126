//! The access token that all requests of a client share.

use std::{
    future::Future,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use super::token::{Generation, Granted, Stage, Token};
use crate::failure::Failure;

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
        dice: impl Fn() -> u32,
    ) -> Result<Arc<Token>, Failure>
    where
        F: Fn() -> Fut,
        Fut: Future<Output = Result<Granted, Failure>>,
    {
        let (token, flights_before) = self.usable();
        match token {
            Some((token, Stage::Due)) => Ok(self.renew_early(token, fetch, dice).await),
            Some((token, _)) => Ok(token),
            None => {
                let _flight = self.flight.lock().await;
                let (token, flights) = self.usable();
                if let Some((token, _)) = token {
                    return Ok(token);
                }
                let failure = self.lock().failure.clone();
                if let Some(failure) = failure.filter(|_| flights != flights_before) {
                    return Err(failure);
                }
                let granted = fetch().await;
                self.landed(granted, &dice)
            }
        }
    }

    /// Fetches the next token while the present one still serves. Where another task does so already,
    /// or the fetch fails, the present one it is.
    async fn renew_early<F, Fut>(
        &self,
        present: Arc<Token>,
        fetch: F,
        dice: impl Fn() -> u32,
    ) -> Arc<Token>
    where
        F: Fn() -> Fut,
        Fut: Future<Output = Result<Granted, Failure>>,
    {
        let Ok(_flight) = self.flight.try_lock() else {
            return present;
        };
        // The flight of another task may have landed since the token was found to be due.
        if let (Some((token, Stage::Fresh)), _) = self.usable() {
            return token;
        }
        let granted = fetch().await;
        self.landed(granted, &dice).unwrap_or_else(|failure| {
            tracing::warn!(failure = %failure, "cannot renew the access token, which is still valid");
            self.put_off(&present);
            present
        })
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
    fn usable(&self) -> (Option<(Arc<Token>, Stage)>, u64) {
        let state = self.lock();
        let token = state.token.as_ref().and_then(|token| {
            let stage = token.stage(Instant::now());
            (stage != Stage::Expired).then(|| (Arc::clone(token), stage))
        });
        (token, state.flights)
    }

    /// Keeps the outcome of a fetch. A failure leaves the token in place.
    fn landed(
        &self,
        granted: Result<Granted, Failure>,
        dice: &impl Fn() -> u32,
    ) -> Result<Arc<Token>, Failure> {
        let mut state = self.lock();
        state.flights = state.flights.wrapping_add(1);
        match granted {
            Ok(granted) => {
                let generation = state.last_generation.next();
                let token = Arc::new(Token::new(granted, generation, Instant::now(), dice()));
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

    /// Lets the token serve on without another renewal for a while.
    fn put_off(&self, present: &Token) {
        let mut state = self.lock();
        if state
            .token
            .as_ref()
            .is_some_and(|token| token.generation == present.generation)
        {
            state.token = Some(Arc::new(present.put_off(Instant::now())));
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // No code that holds the lock can leave the state half changed.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
