//! The token cache under many tasks.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Semaphore;

use super::*;
use crate::error::failure::{Endpoint, FailureKind};

const HOUR: Duration = Duration::from_hours(1);

/// A token endpoint that counts, waits for leave, and fails where told to.
struct Endpoints {
    calls: AtomicU32,
    leave: Semaphore,
    life: Duration,
    failing: AtomicU32,
}

impl Endpoints {
    fn new(life: Duration) -> Self {
        Self {
            calls: AtomicU32::new(0),
            leave: Semaphore::new(Semaphore::MAX_PERMITS),
            life,
            failing: AtomicU32::new(0),
        }
    }

    async fn fetch(&self) -> Result<Granted, Failure> {
        let call = self.calls.fetch_add(1, Ordering::SeqCst);
        self.leave.acquire().await.unwrap().forget();
        if call < self.failing.load(Ordering::SeqCst) {
            return Err(Failure::new(Endpoint::Token, FailureKind::Status(503)));
        }
        Ok(Granted {
            asked: Instant::now(),
            header: SecretString::from(format!("Bearer token{call}")),
            life: Some(self.life),
        })
    }

    fn calls(&self) -> u32 {
        self.calls.load(Ordering::SeqCst)
    }
}

/// Gets a token, and renews it where that is to be done.
async fn get(cache: &TokenCache, endpoints: &Endpoints) -> Result<String, FailureKind> {
    let token = cache.get(|| endpoints.fetch(), || 0).await;
    if let Some(present) = cache.take_renewal() {
        cache.renew(present, endpoints.fetch(), 0).await;
    }
    token
        .map(|token| token.header.expose_secret().to_owned())
        .map_err(|failure| failure.kind)
}

/// Starts 100 tasks that want a token while the endpoint holds its answer back, then lets it answer.
async fn stampede(
    cache: &Arc<TokenCache>,
    endpoints: &Arc<Endpoints>,
) -> Vec<Result<String, FailureKind>> {
    endpoints.leave.forget_permits(Semaphore::MAX_PERMITS);
    let mut tasks = Vec::new();
    for _ in 0..100 {
        let (cache, endpoints) = (Arc::clone(cache), Arc::clone(endpoints));
        tasks.push(tokio::spawn(async move { get(&cache, &endpoints).await }));
    }
    // On a runtime of one thread every task runs up to its wait before this one goes on.
    tokio::task::yield_now().await;
    endpoints.leave.add_permits(1_000);
    let mut results = Vec::new();
    for task in tasks {
        results.push(task.await.unwrap());
    }
    results
}

#[tokio::test]
async fn many_tasks_share_one_fetch() {
    let (cache, endpoints) = (Arc::default(), Arc::new(Endpoints::new(HOUR)));
    let results = stampede(&cache, &endpoints).await;
    assert!(
        results
            .iter()
            .all(|result| result.as_deref() == Ok("Bearer token0"))
    );
    assert_eq!(endpoints.calls(), 1);
}

#[tokio::test]
async fn many_tasks_share_one_failure_and_the_next_call_recovers() {
    let (cache, endpoints) = (Arc::default(), Arc::new(Endpoints::new(HOUR)));
    endpoints.failing.store(1, Ordering::SeqCst);
    let results = stampede(&cache, &endpoints).await;
    assert!(
        results
            .iter()
            .all(|result| *result == Err(FailureKind::Status(503))),
        "{results:?}"
    );
    assert_eq!(endpoints.calls(), 1);
    assert_eq!(
        get(&cache, &endpoints).await.as_deref(),
        Ok("Bearer token1")
    );
    assert_eq!(endpoints.calls(), 2);
}

#[tokio::test]
async fn only_the_refused_generation_is_dropped() {
    let (cache, endpoints) = (TokenCache::default(), Endpoints::new(HOUR));
    let first = cache
        .get(|| endpoints.fetch(), || 0)
        .await
        .ok()
        .unwrap()
        .generation;
    cache.invalidate(first);
    let second = cache
        .get(|| endpoints.fetch(), || 0)
        .await
        .ok()
        .unwrap()
        .generation;
    assert_ne!(first, second);
    // A late answer to a request with the first token says nothing about the second.
    cache.invalidate(first);
    assert_eq!(
        get(&cache, &endpoints).await.as_deref(),
        Ok("Bearer token1")
    );
    assert_eq!(endpoints.calls(), 2);
}

#[tokio::test]
async fn an_expired_token_is_not_used() {
    let (cache, endpoints) = (TokenCache::default(), Endpoints::new(Duration::ZERO));
    assert_eq!(
        get(&cache, &endpoints).await.as_deref(),
        Ok("Bearer token0")
    );
    assert_eq!(
        get(&cache, &endpoints).await.as_deref(),
        Ok("Bearer token1")
    );
}

/// Puts a token into the cache that is due for renewal and good for another hour.
async fn with_due_token(cache: &TokenCache, endpoints: &Endpoints) {
    let granted = endpoints.fetch().await.ok().unwrap();
    let now = Instant::now();
    let mut token = Token::new(granted, Generation::default(), 0);
    token.renew_at = Some(now);
    assert_eq!(token.stage(now), Stage::Due);
    cache.lock().token = Some(Arc::new(token));
}

#[tokio::test]
async fn a_due_token_serves_all_while_one_of_them_renews_it() {
    let (cache, endpoints) = (Arc::default(), Arc::new(Endpoints::new(HOUR)));
    with_due_token(&cache, &endpoints).await;
    let results = stampede(&cache, &endpoints).await;
    assert!(
        results
            .iter()
            .all(|result| result.as_deref() == Ok("Bearer token0"))
    );
    assert_eq!(endpoints.calls(), 2);
    assert_eq!(
        get(&cache, &endpoints).await.as_deref(),
        Ok("Bearer token1")
    );
}

#[tokio::test]
async fn a_failed_renewal_leaves_the_valid_token_in_use() {
    let (cache, endpoints) = (TokenCache::default(), Endpoints::new(HOUR));
    with_due_token(&cache, &endpoints).await;
    endpoints.failing.store(2, Ordering::SeqCst);
    for _ in 0..10 {
        assert_eq!(
            get(&cache, &endpoints).await.as_deref(),
            Ok("Bearer token0")
        );
    }
    // One try, and none for a while after.
    assert_eq!(endpoints.calls(), 2);
}

#[tokio::test]
async fn a_renewal_comes_no_sooner_than_the_server_asks() {
    let (cache, endpoints) = (TokenCache::default(), Endpoints::new(HOUR));
    with_due_token(&cache, &endpoints).await;
    let half = Duration::from_mins(30);
    for (asked, expected) in [
        (None, half),
        (Some(Duration::from_mins(50)), Duration::from_mins(50)),
    ] {
        let refusal = Failure {
            retry_after: asked,
            ..Failure::new(Endpoint::Token, FailureKind::Status(429))
        };
        let before = Instant::now();
        let present = Generation::default();
        cache.renew(present, async { Err(refusal) }, 0).await;
        let renew_at = cache.lock().token.as_ref().unwrap().renew_at.unwrap();
        let wait = renew_at.duration_since(before).as_secs_f64();
        assert!((wait - expected.as_secs_f64()).abs() < 60.0, "{wait}");
    }
}

#[tokio::test]
async fn tasks_that_wait_share_a_token_however_short_its_life() {
    let (cache, endpoints) = (Arc::default(), Arc::new(Endpoints::new(Duration::ZERO)));
    let results = stampede(&cache, &endpoints).await;
    assert!(
        results
            .iter()
            .all(|result| result.as_deref() == Ok("Bearer token0"))
    );
    assert_eq!(endpoints.calls(), 1);
}

#[tokio::test]
async fn the_life_of_a_token_begins_before_its_answer() {
    let cache = TokenCache::default();
    let asked = Instant::now().checked_sub(Duration::from_secs(2)).unwrap();
    let slow = |life| async move {
        Ok(Granted {
            asked,
            header: SecretString::from("Bearer slow"),
            life: Some(Duration::from_secs(life)),
        })
    };
    for (life, fresh) in [(1, false), (1_000, true)] {
        cache.get(|| slow(life), || 0).await.ok().unwrap();
        assert_eq!(cache.usable().0.is_some(), fresh, "{life}");
    }
}

#[tokio::test]
async fn a_fetch_that_is_abandoned_holds_nobody_up() {
    let (cache, endpoints) = (Arc::default(), Arc::new(Endpoints::new(HOUR)));
    endpoints.leave.forget_permits(Semaphore::MAX_PERMITS);
    let task = {
        let (cache, endpoints) = (Arc::clone(&cache), Arc::clone(&endpoints));
        tokio::spawn(async move { get(&cache, &endpoints).await })
    };
    tokio::task::yield_now().await;
    assert_eq!(endpoints.calls(), 1);
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());
    endpoints.leave.add_permits(1);
    assert_eq!(
        get(&cache, &endpoints).await.as_deref(),
        Ok("Bearer token1")
    );
}
