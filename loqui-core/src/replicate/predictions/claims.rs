//! The predictions that were handed out already: a search for a lost one must not hand them out again.

use std::collections::{HashSet, VecDeque};
use std::sync::{Mutex, PoisonError};

use crate::replicate::client::Client;

/// How many are remembered; their inputs, and with them the searches, last an hour.
const KEPT: usize = 100_000;

/// Ids that belong to somebody.
#[derive(Debug, Default)]
pub(in crate::replicate) struct Claims(Mutex<(HashSet<String>, VecDeque<String>)>);

impl Claims {
    fn has(&self, id: &str) -> bool {
        let claims = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        claims.0.contains(id)
    }

    /// Claims an id; false if somebody has it.
    pub(in crate::replicate) fn claim(&self, id: &str) -> bool {
        let mut claims = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !claims.0.insert(id.to_owned()) {
            return false;
        }
        claims.1.push_back(id.to_owned());
        if claims.1.len() > KEPT
            && let Some(oldest) = claims.1.pop_front()
        {
            claims.0.remove(&oldest);
        }
        true
    }
}

impl Client {
    /// Somebody in this process has this prediction.
    pub(crate) fn claim(&self, id: &str) {
        self.claims().claim(id);
    }

    /// True if somebody in this process has this prediction already: nobody else can have lost it.
    pub(crate) fn is_claimed(&self, id: &str) -> bool {
        self.claims().has(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_gets_what_another_has() {
        let claims = Claims::default();
        assert!(claims.claim("a"));
        assert!(!claims.claim("a"));
        assert!(claims.claim("b"));
    }
}
