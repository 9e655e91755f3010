//! What all clients of one token share in this process: the pace, the breaker, the uploads, the looks.

use std::collections::HashMap;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, LazyLock, Mutex, PoisonError, Weak};

use sha2::{Digest as _, Sha256};

use super::breaker::Breaker;
use super::limiter::{Limiter, Pace};
use super::poller::PredictionPoller;
use super::predictions::{Claims, Searches};
use super::reference::References;

/// Shared by every client of one token at one address. The provider counts requests by token, so two clients that paced
/// themselves alone would throttle each other.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) creates: Limiter,
    pub(super) others: Limiter,
    pub(super) breaker: Breaker,
    pub(super) references: References,
    pub(super) poller: PredictionPoller,
    pub(super) claims: Claims,
    pub(super) searches: Searches,
    /// How many requests were repeated.
    pub(super) repeated: AtomicU64,
}

type Key = [u8; 32];

static ALL: LazyLock<Mutex<HashMap<Key, Weak<Shared>>>> = LazyLock::new(Mutex::default);

impl Shared {
    /// Nothing is known yet, and nobody else has a part in it.
    pub(super) fn alone() -> Arc<Self> {
        Arc::new(Self {
            creates: Limiter::new(Pace::CREATES),
            others: Limiter::new(Pace::OTHERS),
            breaker: Breaker::default(),
            references: References::default(),
            poller: PredictionPoller::default(),
            claims: Claims::default(),
            searches: Searches::default(),
            repeated: AtomicU64::new(0),
        })
    }

    /// What the clients of this token at this address share already, or something new if there is none. Only a digest
    /// of the token is kept.
    pub(super) fn of(base_url: &str, authorization: &[u8]) -> Arc<Self> {
        let key = Sha256::new()
            .chain_update(base_url)
            .chain_update([0])
            .chain_update(authorization)
            .finalize()
            .into();
        let mut all = ALL.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, shared| shared.strong_count() > 0);
        if let Some(shared) = all.get(&key).and_then(Weak::upgrade) {
            return shared;
        }
        let shared = Self::alone();
        all.insert(key, Arc::downgrade(&shared));
        shared
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_of_one_token_share_and_others_do_not() {
        let one = Shared::of("https://one.example/v1", b"Bearer a");
        assert!(Arc::ptr_eq(&one, &Shared::of("https://one.example/v1", b"Bearer a")));
        assert!(!Arc::ptr_eq(&one, &Shared::of("https://one.example/v1", b"Bearer b")));
        assert!(!Arc::ptr_eq(&one, &Shared::of("https://two.example/v1", b"Bearer a")));
        let id = Arc::as_ptr(&one);
        one.breaker.open(jiff::Timestamp::MAX);
        drop(one);
        let later = Shared::of("https://one.example/v1", b"Bearer a");
        assert!(
            later.breaker.open_for(jiff::Timestamp::UNIX_EPOCH).is_none(),
            "{id:?} was forgotten"
        );
    }
}
