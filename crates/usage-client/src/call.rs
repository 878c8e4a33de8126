//! Fetches one page, with as many attempts as it may take.

use tokio::time::{Instant, sleep};
use url::Url;

use crate::{
    answer::{self, Answer},
    auth::Generation,
    client::Inner,
    deadline::{Deadline, Passed},
    error::{Effort, Error, PagePlace},
    exchange::{Limits, exchange},
    failure::{Endpoint, Failure, Trouble},
    refusal::refusal,
    retry::{Decision, GiveUp, Situation, decide},
};

/// What is fetched, and by when.
pub(crate) struct Call<'a> {
    pub(crate) client: &'a Inner,
    pub(crate) address: &'a Url,
    /// Records that the page may hold.
    pub(crate) page_size: u16,
    pub(crate) deadline: Deadline,
}

/// What has happened so far; outlives the attempts, which the deadline may interrupt anywhere.
#[derive(Default)]
struct Progress {
    attempts: u32,
    /// Attempts that only found a dead token.
    renewals: u32,
    last: Option<Failure>,
}

impl Call<'_> {
    /// Fetches the page.
    pub(crate) async fn run(&self, place: PagePlace) -> Result<(Answer, Effort), Error> {
        let started = Instant::now();
        let mut progress = Progress::default();
        let outcome = self.deadline.limit(self.attempts(&mut progress)).await;
        let effort = Effort {
            attempts: progress.attempts,
            elapsed: started.elapsed(),
        };
        match outcome {
            Ok(Ok(answer)) => Ok((answer, effort)),
            Ok(Err((failure, give_up))) => Err(Error::failed(failure, place, effort, give_up)),
            Err(Passed) => {
                let limit = self.client.total_timeout.unwrap_or_default();
                let failure = Failure::new(Endpoint::Api, Trouble::Deadline(limit));
                let failure = match progress.last {
                    Some(last) => failure.caused_by(last),
                    None => failure,
                };
                Err(Error::failed(failure, place, effort, GiveUp::Final))
            }
        }
    }

    async fn attempts(&self, progress: &mut Progress) -> Result<Answer, (Failure, GiveUp)> {
        loop {
            progress.attempts = progress.attempts.saturating_add(1);
            let (failure, generation) = match self.attempt(progress.attempts).await {
                Ok(answer) => return Ok(answer),
                Err(failed) => failed,
            };
            let situation = Situation {
                attempt: progress.attempts.saturating_sub(progress.renewals),
                renewable: generation.is_some() && progress.renewals == 0,
                retry_after: failure.retry_after,
                remaining: self.deadline.remaining(),
                dice: self.client.dice.roll(),
            };
            let decision = decide(&self.client.retry, &failure.trouble, &situation);
            tracing::debug!(attempt = progress.attempts, %failure, ?decision, "attempt failed");
            match decision {
                Decision::GiveUp(give_up) => return Err((failure, give_up)),
                Decision::RenewToken => {
                    progress.renewals = progress.renewals.saturating_add(1);
                    if let Some(generation) = generation {
                        self.client.authorizer.invalidate(generation);
                    }
                    progress.last = Some(failure);
                }
                Decision::Retry(wait) => {
                    progress.last = Some(failure);
                    sleep(wait).await;
                }
            }
        }
    }

    /// Tries once; a failure comes with the access token that was used.
    async fn attempt(&self, attempt: u32) -> Result<Answer, (Failure, Option<Generation>)> {
        let client = self.client;
        let authorization = client.authorizer.authorization(&client.dice).await;
        let authorization = authorization.map_err(|failure| (failure, None))?;
        let header = &authorization.header;
        let request = client
            .http
            .get(self.address.clone())
            .header(reqwest::header::AUTHORIZATION, header);
        let limits = Limits {
            timeout: client.attempt_timeout,
            body: client.max_body_bytes,
        };
        let failed = |failure| (failure, authorization.generation);
        let exchanged = exchange(request, Endpoint::Api, self.address, limits).await;
        let reply = exchanged.map_err(failed)?;
        tracing::debug!(
            http.request.method = "GET",
            http.request.resend_count = attempt.saturating_sub(1),
            http.response.status_code = reply.status,
            http.response.body.size = reply.body.len(),
            "response"
        );
        let secrets = client.authorizer.secrets(header);
        if reply.status == 200 {
            answer::read(&reply, self.page_size, &secrets).map_err(failed)
        } else {
            Err(failed(refusal(
                &reply,
                Endpoint::Api,
                self.address,
                &secrets,
            )))
        }
    }
}
