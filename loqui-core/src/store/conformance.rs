//! The test suite that every [`GenerationStore`](super::GenerationStore) passes: ours, and one of your own.
//!
//! ```
//! mod store_of_mine {
//!     loqui_core::store::conformance!(memory, loqui_core::store::MemoryStore::new());
//! }
//! ```
//!
//! The macro makes a module of that name with one `#[tokio::test]` for each case, so the calling crate needs `tokio` with
//! its feature `macros`. Each case works on a store of its own: the expression is evaluated once a case, may `.await`, and
//! must give an empty store. Attributes before the name, such as `#[ignore = "needs a server"]`, are those of every case. What
//! has to outlive the store is made before it:
//!
//! ```
//! # mod store_of_mine {
//! # use loqui_core::store::MemoryStore as MyStore;
//! # trait Open { fn open(_: &std::path::Path) -> MyStore { MyStore::new() } }
//! # impl Open for MyStore {}
//! loqui_core::store::conformance!(mine, MyStore::open(dir.path()), with dir = tempfile::tempdir().unwrap());
//! # }
//! ```
#![expect(clippy::missing_panics_doc, reason = "a case fails by panicking")]

mod claims;
mod delivery;
mod fixtures;
mod life;
mod samples;
mod spending;
mod submissions;
mod transitions;
mod writes;

pub use claims::*;
pub use delivery::*;
pub use life::*;
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
                the_same_recording_is_the_same_sample
                a_sample_is_read_back_with_all_fields
                owners_have_samples_of_their_own
                the_first_consent_is_kept
                an_erased_sample_is_gone
                samples_are_listed_newest_first
                what_is_not_there_is_nothing
                a_submission_is_read_back_with_all_fields
                a_key_submits_once
                generations_are_listed_by_owner_sample_and_page
                a_submission_needs_its_sample
                ids_are_positive_and_rise
                fifty_submissions_at_once_get_ids_of_their_own
                generations_are_listed_newest_first_within_filter_and_limit
                a_script_in_any_writing_survives
                a_claim_shuts_others_out
                a_claim_by_its_holder_raises_the_epoch
                a_lease_that_ran_out_lets_others_in
                a_beat_prolongs_every_claim_of_its_worker
                a_release_lets_others_in
                a_release_under_an_older_epoch_does_nothing
                one_of_many_claims_at_once_wins
                what_has_ended_cannot_be_claimed
                a_take_is_read_back_with_all_fields
                takes_are_listed_by_segment_and_number
                an_older_epoch_is_refused_and_changes_nothing
                a_write_needs_a_claim
                changes_are_made_all_or_none
                segment_and_number_of_a_take_are_unique
                a_take_that_is_missing_cannot_be_updated
                a_take_of_another_generation_is_refused
                a_take_may_be_added_and_updated_in_one_write
                progress_never_falls
                warnings_are_added
                events_have_no_gaps_and_are_read_from_anywhere
                a_remote_id_is_found_in_the_whole_ledger
                completion_is_recorded_once
                failure_is_recorded_once
                what_has_ended_never_changes
                a_wish_to_stop_reaches_the_holder
                only_what_failed_is_opened_again
                an_erased_generation_is_gone
                the_books_follow_every_take
                the_books_are_read_by_owner_and_day
                a_claim_from_before_a_retry_is_worth_nothing
                unfinished_generations_are_listed_oldest_first
                a_worker_takes_what_nobody_holds
                owners_take_turns
                workers_at_once_share_what_there_is
                a_hint_is_kept_with_its_take
                a_late_answer_is_written_down_once
                a_ceiling_is_never_exceeded
                many_at_once_keep_the_ceiling_together
                the_last_events_of_many_are_read_at_once
                what_ended_long_ago_is_found
                a_thinned_generation_keeps_its_speech_and_its_end
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
    /// A case that the macro does not name would never run.
    #[test]
    fn the_macro_names_every_case() {
        let named = include_str!("conformance.rs");
        let files = [
            include_str!("conformance/claims.rs"),
            include_str!("conformance/delivery.rs"),
            include_str!("conformance/life.rs"),
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
                named.lines().any(|line| line.trim() == case),
                "{case} is missing from the macro"
            );
            cases += 1;
        }
        assert!(cases > 30, "only {cases} cases were found in the source");
    }
}
