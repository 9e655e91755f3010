//! The course of a prediction: a pure function from its times to its status.
//!
//! Nothing ticks. Whoever looks computes the status from the planned times and the present one
//! (contract sections 2.2 and 2.3), so a clock that jumps needs no catching up.

use jiff::Timestamp;
use serde::Serialize;

/// The status of a prediction, in the platform's words (contract section 2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Status {
    /// Waiting for a worker.
    Starting,
    /// Running.
    Processing,
    /// Ended with an output.
    Succeeded,
    /// Ended with an error.
    Failed,
    /// Stopped after it had started; billed for the time it ran.
    Canceled,
    /// Stopped before it started; not billed.
    Aborted,
}

impl Status {
    /// Returns the word the API uses.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::Processing => "processing",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Canceled => "canceled",
            Self::Aborted => "aborted",
        }
    }

    /// Says if no other status can follow.
    #[must_use]
    pub fn is_terminal(self) -> bool {
        !matches!(self, Self::Starting | Self::Processing)
    }
}

/// The times that decide a prediction's course.
#[derive(Debug, Clone, Default)]
pub(crate) struct Course {
    /// When a worker takes it; `None` for never.
    pub(crate) starts: Option<Timestamp>,
    /// When it is planned to end; `None` for never.
    pub(crate) ends: Option<Timestamp>,
    /// `Cancel-After`.
    pub(crate) deadline: Option<Timestamp>,
    /// When a cancel takes effect.
    pub(crate) stop: Option<Timestamp>,
    /// When the work behind it was done, and if it went wrong.
    pub(crate) work: Option<Work>,
}

/// The end of the work behind a prediction.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Work {
    pub(crate) done: Timestamp,
    pub(crate) failed: bool,
}

/// Where a prediction is at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Phase {
    pub(crate) status: Status,
    pub(crate) started: Option<Timestamp>,
    pub(crate) completed: Option<Timestamp>,
}

impl Course {
    pub(crate) fn phase(&self, now: Timestamp) -> Phase {
        let finish = self.ends.zip(self.work).map(|(ends, work)| ends.max(work.done));
        let halt = [self.deadline, self.stop].into_iter().flatten().min();
        if let Some(halt) = halt
            && halt <= now
            && finish.is_none_or(|finish| halt < finish)
        {
            let started = self.starts.filter(|&starts| starts <= halt);
            let status = if started.is_some() {
                Status::Canceled
            } else {
                Status::Aborted
            };
            return Phase {
                status,
                started,
                completed: Some(halt),
            };
        }
        let started = self.starts.filter(|&starts| starts <= now);
        if let (Some(finish), Some(work)) = (finish, self.work)
            && finish <= now
        {
            let status = if work.failed { Status::Failed } else { Status::Succeeded };
            return Phase {
                status,
                started,
                completed: Some(finish),
            };
        }
        let status = if started.is_some() {
            Status::Processing
        } else {
            Status::Starting
        };
        Phase {
            status,
            started,
            completed: None,
        }
    }

    /// Returns the next moment after `now` at which the phase changes by itself.
    pub(crate) fn next_change(&self, now: Timestamp) -> Option<Timestamp> {
        if self.phase(now).status.is_terminal() {
            return None;
        }
        let finish = self.ends.zip(self.work).map(|(ends, work)| ends.max(work.done));
        [self.starts, finish, self.deadline, self.stop]
            .into_iter()
            .flatten()
            .filter(|&moment| moment > now)
            .min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn course() -> Course {
        Course {
            starts: Some(at(10)),
            ends: Some(at(20)),
            work: Some(Work {
                done: at(1),
                failed: false,
            }),
            ..Course::default()
        }
    }

    #[test]
    fn runs_from_starting_to_succeeded() {
        let statuses = [0, 9, 10, 19, 20, 99].map(|second| course().phase(at(second)).status);
        assert_eq!(
            statuses,
            [
                Status::Starting,
                Status::Starting,
                Status::Processing,
                Status::Processing,
                Status::Succeeded,
                Status::Succeeded
            ]
        );
        assert_eq!(course().phase(at(99)).completed, Some(at(20)));
    }

    #[test]
    fn waits_for_work_that_takes_longer_than_planned() {
        let unfinished = Course { work: None, ..course() };
        assert_eq!(unfinished.phase(at(99)).status, Status::Processing);
        let late = Course {
            work: Some(Work {
                done: at(30),
                failed: true,
            }),
            ..course()
        };
        assert_eq!(late.phase(at(29)).status, Status::Processing);
        assert_eq!(late.phase(at(30)).status, Status::Failed);
    }

    #[test]
    fn splits_a_deadline_into_aborted_and_canceled() {
        let early = Course {
            deadline: Some(at(5)),
            ..course()
        };
        assert_eq!(early.phase(at(99)).status, Status::Aborted);
        assert_eq!(early.phase(at(99)).started, None);
        let running = Course {
            deadline: Some(at(15)),
            ..course()
        };
        assert_eq!(running.phase(at(14)).status, Status::Processing);
        assert_eq!(running.phase(at(99)).status, Status::Canceled);
        assert_eq!(running.phase(at(99)).completed, Some(at(15)));
        let late = Course {
            deadline: Some(at(25)),
            ..course()
        };
        assert_eq!(late.phase(at(99)).status, Status::Succeeded);
    }

    #[test]
    fn stays_in_starting_until_stopped() {
        let stuck = Course {
            starts: None,
            ends: None,
            ..course()
        };
        assert_eq!(stuck.phase(at(9999)).status, Status::Starting);
        let stopped = Course {
            stop: Some(at(50)),
            ..stuck
        };
        assert_eq!(stopped.phase(at(9999)).status, Status::Aborted);
    }

    #[test]
    fn names_the_next_change() {
        let course = Course {
            deadline: Some(at(15)),
            ..course()
        };
        assert_eq!(course.next_change(at(0)), Some(at(10)));
        assert_eq!(course.next_change(at(10)), Some(at(15)));
        assert_eq!(course.next_change(at(15)), None);
    }
}
