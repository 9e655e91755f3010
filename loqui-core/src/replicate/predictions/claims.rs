//! Predictions that a caller in this process owns. A search for a lost prediction must not return them to another caller.

use std::collections::{HashSet, VecDeque};
use std::sync::{Mutex, PoisonError};

use crate::replicate::client::Client;

/// Maximum number of ids that are kept. Replicate deletes inputs after an hour, which ends all searches.
const MAX_CLAIMS: usize = 100_000;

/// Ids of owned predictions, oldest first.
#[derive(Debug, Default)]
pub(in crate::replicate) struct Claims(Mutex<(HashSet<String>, VecDeque<String>)>);

impl Claims {
    fn contains(&self, id: &str) -> bool {
        let claims = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        claims.0.contains(id)
    }

    /// Claims an id. Returns false if it is already claimed.
    pub(in crate::replicate) fn claim(&self, id: &str) -> bool {
        let mut claims = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !claims.0.insert(id.to_owned()) {
            return false;
        }
        claims.1.push_back(id.to_owned());
        if claims.1.len() > MAX_CLAIMS
            && let Some(oldest) = claims.1.pop_front()
        {
            claims.0.remove(&oldest);
        }
        true
    }
}

impl Client {
    /// Marks a prediction as owned.
    pub(crate) fn claim(&self, id: &str) {
        self.claims().claim(id);
    }

    /// Returns true if a caller in this process owns the prediction, so that it is not the lost one of another caller.
    pub(crate) fn is_claimed(&self, id: &str) -> bool {
        self.claims().contains(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_can_be_claimed_once() {
        let claims = Claims::default();
        assert!(claims.claim("a"));
        assert!(!claims.claim("a"));
        assert!(claims.claim("b"));
    }
}
