//! Rate limits: one token bucket for creates and one for all other requests
//! (<https://replicate.com/docs/topics/predictions/rate-limits>).

use std::time::Duration;

use jiff::Timestamp;

use crate::clock::since;
use crate::settings::Limits;

/// The bucket of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Create,
    Other,
}

/// The buckets of the account.
#[derive(Debug)]
pub(crate) struct Limiter {
    create: Bucket,
    other: Bucket,
}

/// Whether a request is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Allowed; this many requests remain.
    Pass { remaining: u64 },
    /// Refused; the next request is allowed after this time.
    Throttled { wait: Duration },
}

impl Limiter {
    pub(crate) fn new(limits: &Limits, now: Timestamp) -> Self {
        let create = if limits.low_credit {
            // The limit for low credit: 6 per minute, burst 1.
            Bucket::new(1.0, 6.0, now)
        } else {
            Bucket::per_minute(limits.creates_per_minute, now)
        };
        Self {
            create,
            other: Bucket::per_minute(limits.others_per_minute, now),
        }
    }

    pub(crate) fn draw(&mut self, kind: Kind, now: Timestamp) -> Verdict {
        match kind {
            Kind::Create => self.create.draw(now),
            Kind::Other => self.other.draw(now),
        }
    }
}

#[derive(Debug)]
struct Bucket {
    burst: f64,
    per_second: f64,
    level: f64,
    seen: Timestamp,
}

impl Bucket {
    fn new(burst: f64, per_minute: f64, now: Timestamp) -> Self {
        Self {
            burst,
            per_second: per_minute / 60.0,
            level: burst,
            seen: now,
        }
    }

    fn per_minute(rate: u32, now: Timestamp) -> Self {
        Self::new(f64::from(rate), f64::from(rate), now)
    }

    fn draw(&mut self, now: Timestamp) -> Verdict {
        let earned = since(now, self.seen).as_secs_f64() * self.per_second;
        self.level = (self.level + earned).min(self.burst);
        self.seen = now;
        if self.level >= 1.0 {
            self.level -= 1.0;
            Verdict::Pass {
                remaining: self.level as u64,
            }
        } else {
            let wait = (1.0 - self.level) / self.per_second;
            Verdict::Throttled {
                wait: Duration::try_from_secs_f64(wait).unwrap_or(Duration::MAX),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::later;

    const START: Timestamp = Timestamp::UNIX_EPOCH;

    #[test]
    fn bucket_counts_down_and_refills() {
        let mut limiter = Limiter::new(&Limits::default(), START);
        assert_eq!(limiter.draw(Kind::Create, START), Verdict::Pass { remaining: 599 });
        for _ in 1..600 {
            limiter.draw(Kind::Create, START);
        }
        let Verdict::Throttled { wait } = limiter.draw(Kind::Create, START) else {
            panic!("the bucket is empty");
        };
        assert_eq!(wait, Duration::from_millis(100));
        assert_eq!(limiter.draw(Kind::Other, START), Verdict::Pass { remaining: 2999 });
        assert_eq!(
            limiter.draw(Kind::Create, later(START, wait)),
            Verdict::Pass { remaining: 0 }
        );
    }

    #[test]
    fn low_credit_allows_one_create_every_ten_seconds() {
        let limits = Limits {
            low_credit: true,
            ..Limits::default()
        };
        let mut limiter = Limiter::new(&limits, START);
        assert_eq!(limiter.draw(Kind::Create, START), Verdict::Pass { remaining: 0 });
        assert_eq!(
            limiter.draw(Kind::Create, later(START, Duration::from_secs(4))),
            Verdict::Throttled {
                wait: Duration::from_secs(6)
            }
        );
        assert_eq!(
            limiter.draw(Kind::Create, later(START, Duration::from_secs(10))),
            Verdict::Pass { remaining: 0 }
        );
    }
}
