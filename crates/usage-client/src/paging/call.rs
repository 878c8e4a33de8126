//! Fetches one page, with as many attempts as it may take.

use std::time::Duration;

use secrecy::SecretString;
use tokio::{
    sync::SemaphorePermit,
    time::{Instant, sleep},
};
use tracing::{Instrument as _, Span, field::Empty};
use url::Url;

use crate::{
    auth::Generation,
    error::failure::{CallFailure, Class, Effort, Endpoint, Failure, FailureKind, GiveUp},
    http::{
        deadline::Passed,
        exchange::{Limits, exchange},
        refusal::refusal,
        response::{self, Answer},
        retry::{Decision, Situation, decide},
        retry_after::{AskedWait, OnWait},
        transport::Request,
    },
    paging::{ahead::Ahead, fetch::Fetch, list::ListQuery},
};

/// Bytes that one record may have on average. One with all its counters for home and sixty countries has
/// some 40 KiB.
const RECORD_LIMIT: u64 = 64 * 1024;

/// Bytes that a page may have besides its records.
const META_LIMIT: u64 = 1024 * 1024;

/// What is fetched, and for which fetch.
pub(crate) struct Call<'a, Q> {
    pub(crate) fetch: &'a Fetch,
    pub(crate) address: &'a Url,
    pub(crate) query: &'a Q,
    /// Records that the page may hold.
    pub(crate) page_size: u16,
    /// What the window of the page may hold, where it is one of several.
    pub(crate) ahead: Option<&'a Ahead>,
}

/// What has happened so far; outlives the attempts, which the deadline may interrupt anywhere.
#[derive(Default)]
struct Progress {
    attempts: u32,
    /// Attempts that only found a dead token.
    renewals: u32,
    /// Attempts that only found a page too long to be read before the reader asks for it.
    early: u32,
    /// Time spent between attempts, and waiting for a turn.
    waited: Duration,
    /// How long of it the server asked for.
    asked: Duration,
    last: Option<Failure>,
}

impl<Q: ListQuery> Call<'_, Q> {
    /// Fetches the page; gives the header that it was fetched with as well.
    pub(crate) async fn run(&self) -> Result<(Answer<Q::Item>, SecretString, Effort), CallFailure> {
        let started = Instant::now();
        let mut progress = Progress::default();
        let work = self.attempts(&mut progress);
        let outcome = self.fetch.deadline.limit(work).await;
        let effort = Effort {
            attempts: progress.attempts,
            waited: progress.waited,
            asked: progress.asked,
            elapsed: started.elapsed(),
        };
        match outcome {
            Ok(Ok((answer, header))) => Ok((answer, header, effort)),
            Ok(Err((failure, give_up))) => Err(CallFailure {
                failure,
                effort,
                give_up,
            }),
            Err(Passed) => {
                let limit = self.fetch.shared.total_timeout.unwrap_or_default();
                let failure = Failure::new(Endpoint::Api, FailureKind::Deadline(limit));
                let failure = match progress.last {
                    Some(last) => failure.caused_by(last),
                    None => failure,
                };
                Err(CallFailure {
                    failure,
                    effort,
                    give_up: GiveUp::Final,
                })
            }
        }
    }

    async fn attempts(
        &self,
        progress: &mut Progress,
    ) -> Result<(Answer<Q::Item>, SecretString), (Failure, GiveUp)> {
        let Fetch {
            shared: client,
            budget,
            ..
        } = self.fetch;
        let longest = self.longest_body();
        loop {
            let read_ahead = match self.ahead {
                Some(ahead) => ahead.longest_body().await,
                None => None,
            };
            let limits = Limits {
                body: read_ahead.map_or(longest, |most| most.min(longest)),
                ..client.limits
            };
            let slot = self.fetch.slot().await;
            let turn = client.rate_limiter.turn().await;
            progress.waited = progress.waited.saturating_add(turn.waited);
            progress.asked = progress.asked.saturating_add(turn.asked);
            progress.attempts = progress.attempts.saturating_add(1);
            let span = self.span(progress.attempts);
            let attempt = self
                .attempt(&span, slot, limits)
                .instrument(span.clone())
                .await;
            let (failure, generation) = match attempt {
                Ok(answer) => {
                    budget.earn();
                    return Ok(answer);
                }
                Err(failed) => failed,
            };
            if let Some(ahead) = self.ahead
                && let FailureKind::TooLarge { limit } = failure.kind
                && limit < longest
            {
                span.in_scope(|| tracing::debug!(limit, "page too long to be read ahead"));
                progress.early = progress.early.saturating_add(1);
                ahead.asked_for().await;
                continue;
            }
            let in_vain = progress.renewals.saturating_add(progress.early);
            let situation = Situation {
                attempt: progress.attempts.saturating_sub(in_vain),
                renewable: generation.is_some() && progress.renewals == 0,
                budget: budget.has_retry(),
                retry_after: failure.retry_after,
                remaining: self.fetch.deadline.remaining(),
                random: client.jitter.draw(),
            };
            let decision = decide(&client.retry, &failure.kind, &situation);
            if failure.kind.class() == Class::Transient {
                budget.spend();
            }
            if let Some(wait) = decision.wait_for_all(failure.retry_after) {
                client.rate_limiter.hold(wait);
                self.tell(wait, &failure);
            }
            span.in_scope(|| {
                tracing::debug!(failure = failure.for_log(), ?decision, "attempt failed");
            });
            span.record("error.type", failure.type_name());
            match decision {
                Decision::GiveUp(give_up) => return Err((failure, give_up)),
                Decision::RenewToken => {
                    progress.renewals = progress.renewals.saturating_add(1);
                    if let Some(generation) = generation {
                        client.authorizer.invalidate(generation);
                    }
                    progress.last = Some(failure);
                }
                Decision::Retry(wait) => {
                    let asked = failure.retry_after.unwrap_or_default().min(wait);
                    progress.asked = progress.asked.saturating_add(asked);
                    progress.last = Some(failure);
                    progress.waited = progress.waited.saturating_add(wait);
                    sleep(wait).await;
                }
            }
        }
    }

    /// Tells of a wait that the server asked for.
    fn tell(&self, wait: Duration, failure: &Failure) {
        if let Some(OnWait(on_wait)) = &self.fetch.shared.on_wait
            && !wait.is_zero()
        {
            on_wait(&AskedWait {
                wait,
                status: failure.kind.status(),
            });
        }
    }

    /// A page may be as long as its records make it.
    fn longest_body(&self) -> u64 {
        let records = u64::from(self.page_size);
        let page = RECORD_LIMIT
            .saturating_mul(records)
            .saturating_add(META_LIMIT);
        self.fetch.shared.limits.body.min(page)
    }

    /// The span of an attempt, by the semantic conventions for HTTP clients. The address is given as a
    /// template and without its query: SIM and page token identify somebody.
    fn span(&self, attempt: u32) -> Span {
        tracing::debug_span!(
            "GET",
            otel.kind = "client",
            http.request.method = "GET",
            http.request.resend_count = (attempt > 1).then(|| attempt.saturating_sub(1)),
            http.response.status_code = Empty,
            server.address = self.address.host_str(),
            server.port = self.address.port_or_known_default(),
            url.scheme = self.address.scheme(),
            url.template = self.query.template(),
            error.type = Empty,
        )
    }

    /// Tries once; a failure comes with the access token that was used. The slot is free for another request
    /// as soon as the response is there.
    async fn attempt(
        &self,
        span: &Span,
        slot: Option<SemaphorePermit<'_>>,
        limits: Limits,
    ) -> Result<(Answer<Q::Item>, SecretString), (Failure, Option<Generation>)> {
        let client = &self.fetch.shared;
        let authorization = client
            .authorizer
            .authorization(&client.jitter, &self.fetch.span)
            .await;
        let authorization = authorization.map_err(|failure| (failure, None))?;
        let header = &authorization.header;
        let request = Request {
            address: self.address.clone(),
            authorization: Some(header.clone()),
            form: None,
        };
        let failed = |failure| (failure, authorization.generation);
        let exchanged = exchange(&*client.transport, request, Endpoint::Api, limits).await;
        drop(slot);
        let reply = exchanged.map_err(failed)?;
        span.record("http.response.status_code", reply.status);
        tracing::debug!(decoded_bytes = reply.body.len(), "response");
        let secrets = client.authorizer.secrets(header);
        if reply.status == 200 {
            if let Some(ahead) = self.ahead {
                ahead.decode(&reply.body).await;
            }
            let mut answer = response::read::<Q>(&reply, self.page_size, self.address, &secrets)
                .map_err(failed)?;
            if client.keep_bodies {
                answer.body = Some(reply.body.into_boxed_slice());
            }
            Ok((answer, authorization.header))
        } else {
            Err(failed(refusal(
                &reply,
                reply.status,
                Endpoint::Api,
                self.address,
                &secrets,
            )))
        }
    }
}
