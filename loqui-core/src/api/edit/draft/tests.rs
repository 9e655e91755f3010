//! Edits of sentences.

use jiff::Timestamp;

use super::*;
use crate::id::SampleId;
use crate::ledger::testing::in_state;
use crate::ledger::{NewGeneration, StateKind, TakeRow};
use crate::options::VoiceSettings;
use crate::script::Limits;
use crate::store::pending_record;

fn options() -> ScriptOptions {
    let mut options = ScriptOptions::new(Limits::default(), Some("en"));
    options.editable = true;
    options
}

/// A generation of this script, with a kept take of each segment.
fn generation(text: &str) -> (GenerationRecord, Vec<TakeRecord>) {
    let script = Script::read(text, &options()).unwrap();
    let mut new = NewGeneration::new(1, "offline", "hibari", text, Timestamp::UNIX_EPOCH);
    for voice in script.voices() {
        let record = VoiceRecord::new(voice, SampleId::new(1), "hibari", VoiceSettings::default());
        new.voices.push(record);
    }
    new.segments = script.segments().to_vec();
    for segment in &mut new.segments {
        segment.id = Some(segment.index + 1);
    }
    let record = pending_record(7, new);
    let take = |segment: &Segment| {
        let row = TakeRow::new(7, segment.index, 1, 9, 1, Timestamp::UNIX_EPOCH);
        in_state(row, StateKind::Kept)
    };
    let takes = record.segments.iter().map(take).collect();
    (record, takes)
}

/// The result of edits: the script, the ids with their texts, and which segments are spoken.
/// The script, the sentences with their numbers, and the numbers of those that keep their takes.
type Edited = (String, Vec<(u32, String)>, Vec<u32>);

fn edited(text: &str, edits: Vec<Edit>) -> Result<Edited> {
    let (record, takes) = generation(text);
    let mut draft = Draft::of(&record, &takes)?;
    for edit in edits {
        draft.apply(edit, &options())?;
    }
    let spoken = draft.anew().filter_map(|segment| segment.id).collect();
    let (script, segments, lineage) = draft.finish();
    assert_eq!(lineage.parent.get(), 7);
    let last = segments.last().map(|segment| segment.boundary);
    assert_eq!(last, Some(Boundary::End));
    for segment in &segments {
        assert_eq!(&script[segment.span.clone()], segment.text);
    }
    let texts = segments.into_iter().map(|segment| (segment.id.unwrap(), segment.text));
    Ok((script, texts.collect(), spoken))
}

const TEXT: &str = "The first sentence is here. The second one follows it.\n\nThe third one is another paragraph.";

fn change(sentence: u32, text: &str) -> Edit {
    Edit::Change {
        sentence,
        text: text.to_owned(),
        voice: None,
    }
}

#[test]
fn only_the_changed_sentence_is_spoken() {
    let (script, texts, spoken) = edited(TEXT, vec![change(2, "Something else follows it.")]).unwrap();
    assert_eq!(
        script,
        "The first sentence is here. Something else follows it.\n\nThe third one is another paragraph."
    );
    assert_eq!(texts.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(spoken, [2]);
    let (.., spoken) = edited(TEXT, vec![change(2, "The second one follows it.")]).unwrap();
    assert_eq!(spoken, Vec::<u32>::new(), "the same text has its take already");
}

#[test]
fn inserted_sentences_have_new_numbers() {
    let insert = |after| Edit::Insert {
        after,
        text: "A new sentence stands here. And another sentence follows.".to_owned(),
        voice: None,
    };
    let (script, texts, spoken) = edited(TEXT, vec![insert(2), insert(0)]).unwrap();
    assert_eq!(
        texts.iter().map(|(id, _)| *id).collect::<Vec<_>>(),
        [6, 7, 1, 2, 4, 5, 3]
    );
    assert_eq!(spoken, [6, 7, 4, 5]);
    assert!(
        script.contains("follows it. A new sentence stands here. And another sentence follows.\n\nThe third"),
        "{script}"
    );
}

#[test]
fn moved_and_deleted_sentences_cost_nothing() {
    let moved = Edit::Move { sentence: 3, after: 0 };
    let (script, texts, spoken) = edited(TEXT, vec![moved, Edit::Delete { sentence: 2 }]).unwrap();
    assert_eq!(
        script,
        "The third one is another paragraph. The first sentence is here."
    );
    assert_eq!(texts.len(), 2);
    assert_eq!(spoken, Vec::<u32>::new());
}

#[test]
fn retaken_sentence_keeps_its_takes_for_a_choice() {
    let (record, takes) = generation(TEXT);
    let mut draft = Draft::of(&record, &takes).unwrap();
    draft.apply(Edit::Retake { sentence: 2 }, &options()).unwrap();
    let (_, _, lineage) = draft.finish();
    assert_eq!(lineage.takes[1], Inherited::new(1, 1, None));
    assert_eq!(lineage.takes[2], Inherited::new(2, 2, Some(1)));
    assert_eq!(lineage.kept(1), None);
    assert_eq!(lineage.next_id, 4);
}

#[test]
fn numbers_that_do_not_exist_are_refused() {
    for edit in [
        change(9, "Text."),
        Edit::Delete { sentence: 0 },
        Edit::Retake { sentence: 4 },
        Edit::Pick { sentence: 1, take: 2 },
        Edit::Move { sentence: 1, after: 8 },
    ] {
        let error = edited(TEXT, vec![edit.clone()]).unwrap_err();
        assert_eq!(error.code(), "generation.no_sentence", "{edit:?}");
    }
    assert_eq!(edited(TEXT, vec![change(1, " ")]).unwrap_err().code(), "script.empty");
    let all = (1..=3).map(|sentence| Edit::Delete { sentence }).collect();
    assert_eq!(edited(TEXT, all).unwrap_err().code(), "script.empty");
}

#[test]
fn voices_stay_unless_the_text_names_another() {
    const PLAY: &str = "[anna]: Good morning to you, Bob.\n[bob]: Good morning to you, Anna.";
    let edits = vec![
        change(1, "Good evening to you, Bob."),
        Edit::Insert {
            after: 2,
            text: "[Anna]: How are you today?".to_owned(),
            voice: None,
        },
    ];
    let (script, _, spoken) = edited(PLAY, edits).unwrap();
    assert_eq!(
        script,
        "[anna]: Good evening to you, Bob.\n\n[bob]: Good morning to you, Anna.\n\n[anna]: How are you today?"
    );
    assert_eq!(spoken, [1, 3]);
    let error = edited(PLAY, vec![change(1, "[cid]: Hello.")]).unwrap_err();
    assert_eq!(error.code(), "script.voice_missing");
}

#[test]
fn segments_with_several_sentences_cannot_be_changed() {
    let (mut record, takes) = generation(TEXT);
    for segment in &mut record.segments {
        segment.id = None;
    }
    record.segments[0].text = "The first sentence is here. The second one follows it.".to_owned();
    let mut draft = Draft::of(&record, &takes).unwrap();
    let error = draft.apply(change(1, "Text."), &options()).unwrap_err();
    assert_eq!(error.code(), "generation.not_editable");
    draft.apply(Edit::Retake { sentence: 1 }, &options()).unwrap();
}

#[test]
fn takes_that_retention_deleted_cannot_be_taken_over() {
    let (record, takes) = generation(TEXT);
    let error = Draft::of(&record, &takes[..2]).err().unwrap();
    assert_eq!(error.code(), "generation.not_editable");
}
