use std::fmt::Write as _;

use super::*;
use crate::ledger::testing::{example, failure, path_to};

/// The table in the form that the documents use.
fn rendered() -> String {
    let mut table = "| from | event | to |\n|---|---|---|\n".to_owned();
    for Transition { from, event, to } in TRANSITIONS {
        let from = from.map_or("(new)".to_owned(), |from| format!("`{from}`"));
        writeln!(table, "| {from} | `{event}` | `{to}` |").unwrap();
    }
    table
}

/// The text between the markers, without the comment prefix of each line.
fn documented(text: &str) -> String {
    let lines = text.lines().map(|line| line.trim_start_matches("//!").trim());
    let lines = lines.skip_while(|line| *line != "<!-- transitions -->").skip(1);
    let lines = lines.take_while(|line| *line != "<!-- /transitions -->");
    lines
        .filter(|line| !line.is_empty())
        .fold(String::new(), |all, line| all + line + "\n")
}

#[test]
fn documented_tables_match_the_code() {
    let expected = rendered();
    for (name, text) in [
        ("transitions.rs", include_str!("../transitions.rs")),
        ("ARCHITECTURE.md", include_str!("../../../../ARCHITECTURE.md")),
    ] {
        assert_eq!(
            documented(text),
            expected,
            "{name} differs from the code, which has:\n{expected}"
        );
    }
}

fn events() -> Vec<TakeEvent> {
    let at = Timestamp::UNIX_EPOCH;
    let error = || failure("the model failed");
    let prediction = || Prediction::new("p", at);
    let judgement = || Judgement {
        seconds: 1.0,
        similarity: None,
        findings: Vec::new(),
    };
    let finding = Finding::new(crate::finding::Severity::Warning, "take.kept_anyway", "kept", "listen");
    vec![
        TakeEvent::Created(prediction()),
        TakeEvent::Spoken(SpokenAudio {
            audio: "a.wav".to_owned(),
            findings: Vec::new(),
            similarity: None,
        }),
        TakeEvent::NotCreated(SendFailure {
            error: error(),
            retry_at: at,
        }),
        TakeEvent::TooLate(at),
        TakeEvent::SendsExhausted(error()),
        TakeEvent::Refused(error()),
        TakeEvent::AnswerLost(error()),
        TakeEvent::Abandoned(Unneeded),
        TakeEvent::Resent(Claim { epoch: 2, at }),
        TakeEvent::Found(prediction()),
        TakeEvent::Missed(Lookups::default()),
        TakeEvent::NotFound(Lookups::default()),
        TakeEvent::Undecidable(FailedLookup {
            lookups: Lookups::default(),
            error: None,
        }),
        TakeEvent::Succeeded("https://delivery.example/out.wav".to_owned()),
        TakeEvent::Failed(Failure {
            error: error(),
            retry_at: None,
        }),
        TakeEvent::StopFailed(Unneeded),
        TakeEvent::Stored("a.wav".to_owned()),
        TakeEvent::Kept(judgement()),
        TakeEvent::Rejected(judgement()),
        TakeEvent::Accepted(finding),
        TakeEvent::LookedAgain(at),
        TakeEvent::FoundLate(LateAnswer {
            prediction: prediction(),
            cost_usd: 0.01,
            error: error(),
        }),
    ]
}

#[test]
fn every_state_accepts_exactly_the_events_of_the_table() {
    for from in StateKind::ALL {
        for event in events() {
            let name = event.name();
            let row = TRANSITIONS
                .iter()
                .find(|row| (row.from, row.event) == (Some(from), name));
            match (example(from).apply(event), row) {
                (Ok(take), Some(row)) => assert_eq!(take.kind(), row.to, "{from} {name}"),
                (Err(illegal), None) => assert_eq!((illegal.from, illegal.to), (Some(from), name)),
                (result, row) => panic!("{from} {name}: {result:?}, but the table has {row:?}"),
            }
        }
    }
}

#[test]
fn every_event_and_every_state_is_in_the_table() {
    for event in events() {
        assert!(
            TRANSITIONS.iter().any(|row| row.event == event.name()),
            "{}",
            event.name()
        );
    }
    for kind in StateKind::ALL {
        assert_eq!(path_to(kind).last(), Some(&kind), "no path leads to {kind}");
    }
}

#[test]
fn new_takes_begin_in_the_states_of_the_table() {
    let intended = TakeRecord::intend(1, 0, 1, 7, 1, Timestamp::UNIX_EPOCH);
    let reused = TakeRecord::reuse(
        &example(StateKind::Kept),
        intended.id(),
        "a.wav".into(),
        1,
        intended.intended_at,
    );
    let shelved = TakeRecord::shelve(&example(StateKind::Kept), intended.id(), "a.wav".into(), 1);
    let first: Vec<_> = TRANSITIONS
        .iter()
        .filter(|row| row.from.is_none())
        .map(|row| row.to)
        .collect();
    assert_eq!(first, [intended.kind(), reused.kind(), shelved.kind()]);
}

#[test]
fn sent_take_without_an_id_is_never_sent_again() {
    for from in [StateKind::Unanswered, StateKind::Held, StateKind::NeverCreated] {
        assert!(!is_legal(Some(from), StateKind::Intended), "{from}");
        assert!(!is_legal(Some(from), StateKind::Unsent), "{from}");
    }
}

#[test]
fn take_that_was_not_created_costs_nothing() {
    let mut paid = example(StateKind::Intended);
    paid.cost_usd = 0.01;
    for event in events() {
        let Ok(take) = paid.clone().apply(event.clone()) else {
            continue;
        };
        let free = matches!(
            event,
            TakeEvent::SendsExhausted(_) | TakeEvent::Refused(_) | TakeEvent::Abandoned(_) | TakeEvent::NotFound(_)
        );
        assert_eq!(take.cost_usd == 0.0, free, "{}", event.name());
    }
}
