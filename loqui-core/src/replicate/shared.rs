//! State that all clients of one token in this process share.

use std::collections::HashMap;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, LazyLock, Mutex, PoisonError, Weak};

use sha2::{Digest as _, Sha256};

use super::breaker::Breaker;
use super::limiter::{Limiter, Pace};
use super::poller::PredictionPoller;
use super::predictions::{Claims, Searches};
use super::reference::References;

/// State shared by the clients of one token and one base URL. The API limits requests per account, so clients with
/// separate rate limiters would throttle each other.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) creates: Limiter,
    pub(super) others: Limiter,
    pub(super) breaker: Breaker,
    pub(super) references: References,
    pub(super) poller: PredictionPoller,
    pub(super) claims: Claims,
    pub(super) searches: Searches,
    /// Number of repeated requests.
    pub(super) repeated: AtomicU64,
}

type Key = [u8; 32];

static ALL: LazyLock<Mutex<HashMap<Key, Weak<Shared>>>> = LazyLock::new(Mutex::default);

impl Shared {
    /// Creates state that is not shared with other clients.
    pub(super) fn unshared() -> Arc<Self> {
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

    /// Returns the state of this token and base URL; creates it if there is none. Keeps only a digest of the token.
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
        let shared = Self::unshared();
        all.insert(key, Arc::downgrade(&shared));
        shared
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_clients_with_the_same_token_and_base_url_share_state() {
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
