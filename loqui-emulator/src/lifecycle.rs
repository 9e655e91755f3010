//! The lifecycle of a prediction as a pure function of its planned times and the current time
//! (<https://replicate.com/docs/topics/predictions/lifecycle>).
//!
//! No timer changes a status, so the clock can be advanced by any amount.

use jiff::Timestamp;
use serde::Serialize;

/// The status of a prediction, as the API names it.
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
    /// Cancelled after its start. The running time is billed.
    Canceled,
    /// Cancelled before its start. Not billed.
    Aborted,
}

impl Status {
    /// Returns the name that the API uses.
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

    /// Returns true if the status does not change any more.
    #[must_use]
    pub fn is_terminal(self) -> bool {
        !matches!(self, Self::Starting | Self::Processing)
    }
}

/// The times that determine the status of a prediction.
#[derive(Debug, Clone, Default)]
pub(crate) struct Course {
    /// Start of the run, or `None` for never.
    pub(crate) starts: Option<Timestamp>,
    /// Planned end, or `None` for never.
    pub(crate) ends: Option<Timestamp>,
    /// Deadline from `Cancel-After`.
    pub(crate) deadline: Option<Timestamp>,
    /// Time at which a cancel takes effect.
    pub(crate) stop: Option<Timestamp>,
    /// End and result of its work.
    pub(crate) work: Option<Work>,
}

/// End and result of the work of a prediction.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Work {
    pub(crate) done: Timestamp,
    pub(crate) failed: bool,
}

/// The state of a prediction at a time.
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

    /// Returns the next planned change of the phase after `now`.
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
    fn prediction_runs_from_starting_to_succeeded() {
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
    fn prediction_waits_for_slow_work() {
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
    fn deadline_leads_to_aborted_or_canceled() {
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
    fn prediction_without_a_start_stays_in_starting_until_cancelled() {
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
    fn next_change_is_the_next_planned_time() {
        let course = Course {
            deadline: Some(at(15)),
            ..course()
        };
        assert_eq!(course.next_change(at(0)), Some(at(10)));
        assert_eq!(course.next_change(at(10)), Some(at(15)));
        assert_eq!(course.next_change(at(15)), None);
    }
}
