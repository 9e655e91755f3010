//! The test suite that every [`GenerationStore`](super::GenerationStore) must pass, including custom stores.
//!
//! ```
//! mod my_store {
//!     loqui_core::store::conformance!(memory, loqui_core::store::MemoryStore::new());
//! }
//! ```
//!
//! The macro creates a module of that name with one `#[tokio::test]` for each case, so the calling crate needs `tokio` with
//! the feature `macros`. The expression is evaluated once for each case; it may `.await`, and must return an empty store.
//! Attributes before the name, such as `#[ignore = "needs a server"]`, are added to every case. A value that must outlive the
//! store is created with `with`:
//!
//! ```
//! # mod my_store {
//! # use loqui_core::store::MemoryStore as MyStore;
//! # trait Open { fn open(_: &std::path::Path) -> MyStore { MyStore::new() } }
//! # impl Open for MyStore {}
//! loqui_core::store::conformance!(mine, MyStore::open(dir.path()), with dir = tempfile::tempdir().unwrap());
//! # }
//! ```
#![expect(clippy::missing_panics_doc, reason = "a case fails by panicking")]

mod artefacts;
mod claims;
mod fixtures;
mod lifecycle;
mod queue;
mod reconciliation;
mod samples;
mod spending;
mod submissions;
mod transitions;
mod writes;

pub use artefacts::*;
pub use claims::*;
pub use lifecycle::*;
pub use queue::*;
pub use reconciliation::*;
pub use samples::*;
pub use spending::*;
pub use submissions::*;
pub use transitions::*;
pub use writes::*;

/// Expands to one test for each case; see [`store::conformance`](crate::store::conformance).
#[doc(hidden)]
#[macro_export]
macro_rules! __store_conformance {
    ($(#[$attribute:meta])* $name:ident, $fresh:expr $(, with $guard:ident = $make:expr)* $(,)?) => {
        $crate::__store_conformance! {
            @cases ($(#[$attribute])*), $name, $fresh, ($($guard = $make;)*),
            [
                adding_a_recording_twice_returns_the_same_sample
                sample_is_read_back_with_all_fields
                each_owner_has_its_own_sample_of_a_recording
                handles_are_unique_for_each_owner
                first_consent_is_kept
                erased_sample_is_not_returned
                samples_are_listed_newest_first
                samples_are_found_by_their_audio
                artefact_is_read_back_and_replaced
                replaced_large_artefact_returns_its_key
                artefact_without_a_sample_is_refused
                artefacts_go_away_with_the_last_sample
                concurrent_erasures_leave_no_artefact
                reading_what_does_not_exist_returns_nothing
                submission_is_read_back_with_all_fields
                idempotency_key_submits_once
                generations_are_listed_by_owner_sample_and_page
                submission_without_its_sample_is_refused
                generation_with_several_voices_uses_all_their_samples
                ids_are_positive_and_increase
                concurrent_submissions_get_distinct_ids
                generations_are_listed_newest_first_within_filter_and_limit
                script_in_any_writing_system_is_kept
                claimed_generation_cannot_be_claimed_by_another_worker
                claim_by_the_holder_raises_the_epoch
                expired_lease_can_be_claimed_by_another_worker
                renewal_extends_all_claims_of_the_worker
                released_generation_can_be_claimed_at_once
                release_with_an_outdated_fence_does_nothing
                one_of_many_concurrent_claims_succeeds
                ended_generation_cannot_be_claimed
                take_is_read_back_with_all_fields
                takes_are_listed_by_segment_and_number
                outdated_fence_is_refused_and_changes_nothing
                write_without_a_claim_is_refused
                changes_are_atomic
                segment_and_number_of_a_take_are_unique
                missing_take_cannot_be_updated
                take_of_another_generation_is_refused
                take_can_be_added_and_updated_in_one_write
                progress_never_decreases
                warnings_are_appended
                events_are_numbered_without_gaps
                prediction_id_is_found_in_all_generations
                completion_is_recorded_once
                failure_is_recorded_once
                ended_generation_never_changes
                cancel_request_reaches_the_holder
                only_failed_generations_can_be_reopened
                erased_generation_is_not_returned
                spending_follows_every_take
                spending_is_listed_by_owner_and_day
                fence_from_before_a_reopening_is_refused
                unfinished_generations_are_listed_oldest_first
                worker_claims_unclaimed_generations
                owners_take_turns
                concurrent_workers_share_the_queue
                first_remote_hint_is_kept
                late_answer_is_recorded_once
                ceiling_is_never_exceeded
                concurrent_writes_respect_the_ceiling_together
                last_events_of_many_generations_are_read_together
                generations_are_found_by_the_time_they_ended
                pruned_generation_keeps_speech_and_last_event
                every_legal_transition_is_accepted_and_every_other_refused
                late_answer_follows_the_legal_transitions
            ]
        }
    };
    (@cases $attributes:tt, $name:ident, $fresh:expr, $guards:tt, [$($case:ident)*]) => {
        mod $name {
            use super::*;

            $($crate::__store_conformance! { @case $attributes, $case, $fresh, $guards })*
        }
    };
    (@case ($(#[$attribute:meta])*), $case:ident, $fresh:expr, ($($guard:ident = $make:expr;)*)) => {
        #[tokio::test]
        $(#[$attribute])*
        async fn $case() {
            $(let $guard = $make;)*
            let store = $fresh;
            $crate::store::conformance::$case(&store).await;
        }
    };
}

#[cfg(test)]
mod tests {
    /// A case that the macro does not list would never run.
    #[test]
    fn macro_lists_every_case() {
        let listed = include_str!("conformance.rs");
        let files = [
            include_str!("conformance/artefacts.rs"),
            include_str!("conformance/claims.rs"),
            include_str!("conformance/lifecycle.rs"),
            include_str!("conformance/queue.rs"),
            include_str!("conformance/reconciliation.rs"),
            include_str!("conformance/samples.rs"),
            include_str!("conformance/spending.rs"),
            include_str!("conformance/submissions.rs"),
            include_str!("conformance/transitions.rs"),
            include_str!("conformance/writes.rs"),
        ];
        let mut cases = 0;
        for line in files.iter().flat_map(|file| file.lines()) {
            let Some(rest) = line.strip_prefix("pub async fn ") else {
                continue;
            };
            let case = rest.split('(').next().unwrap();
            assert!(
                listed.lines().any(|line| line.trim() == case),
                "{case} is missing from the macro"
            );
            cases += 1;
        }
        assert!(cases > 30, "only {cases} cases were found in the source");
    }
}
