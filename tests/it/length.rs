//! Any length: long texts come out whole, bad takes are taken again, one changed sentence costs one segment.

#[path = "../length/book.rs"]
mod book;
#[path = "../length/faulty.rs"]
mod faulty;

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use faulty::{Faulty, Spoil};
use futures::TryStreamExt as _;
use loqui_core::script::{Limits, Script};
use loqui_core::speech::verify::Checks;
use loqui_core::{Loqui, Sample, SpeechChunk};
use loqui_emulator::Emulator;

async fn heart() -> Sample {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("voices/heart.wav");
    Sample::open(path).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_text_is_heard_before_its_end_and_one_changed_sentence_costs_one_segment() {
    let emulator = Emulator::start().await.unwrap();
    let loqui = Loqui::builder().token(emulator.token()).base_url(emulator.base_url());
    let loqui = loqui.build().unwrap();
    let sample = heart().await;
    let text = book::book(5_000);
    let estimate = loqui.estimate(&text, None).unwrap();

    let generation = loqui.submit(&sample, &text).await.unwrap();
    let chunks: Vec<SpeechChunk> = generation.audio().try_collect().await.unwrap();
    let speech = generation.wait().await.unwrap();
    let creates = emulator.ledger().creates;
    assert_eq!(creates.len(), estimate.segments);
    assert_eq!(speech.segments().len(), estimate.segments);
    assert_eq!(chunks.len(), estimate.segments);
    assert_eq!(
        chunks.iter().map(|chunk| chunk.samples.len()).sum::<usize>(),
        speech.samples().len(),
        "what is heard early is as long as what is written in the end"
    );
    let said: Vec<&str> = speech
        .segments()
        .iter()
        .flat_map(|s| s.text.split_whitespace())
        .collect();
    assert_eq!(said, text.split_whitespace().collect::<Vec<_>>());
    for pair in speech.segments().windows(2) {
        let pause = pair[1].start.unwrap() - pair[0].end.unwrap();
        assert!((0.0..0.5).contains(&pause), "{pause}");
    }
    let last = speech.segments().last().unwrap();
    assert!((last.end.unwrap() - speech.duration().as_secs_f64()).abs() < 0.001);

    let changed = book::sentence(20);
    let edited = text.replace(
        &changed,
        "Somebody rewrote this one, and made it quite a bit longer than it was.",
    );
    assert_ne!(edited, text);
    let again = loqui.submit(&sample, &edited).budget(0.02).await.unwrap();
    let second = again.wait().await.unwrap();
    let new = &emulator.ledger().creates[creates.len()..];
    assert_eq!(new.len(), 1, "{new:?}");
    assert!(new[0].text.contains("Somebody rewrote this one"));
    assert_eq!(second.info().takes, 1);
    assert!(
        second.cost_usd() < 0.02 && second.cost_usd() > 0.0,
        "{}",
        second.cost_usd()
    );
    let said: Vec<&str> = second
        .segments()
        .iter()
        .flat_map(|s| s.text.split_whitespace())
        .collect();
    assert_eq!(said, edited.split_whitespace().collect::<Vec<_>>());

    let anew = loqui.submit(&sample, &edited).await.unwrap().wait().await.unwrap();
    assert_eq!(
        anew.info().takes,
        anew.segments().len(),
        "the same script again is spoken anew"
    );
    let free = loqui
        .submit(&sample, &edited)
        .reuse(true)
        .await
        .unwrap()
        .wait()
        .await
        .unwrap();
    assert_eq!((free.info().takes, free.cost_usd()), (0, 0.0));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_is_noticed_and_taken_again() {
    let sentences = [
        "The old river turned slowly under the stone bridge at noon.",
        "Nobody in the village had ever seen such a bright yellow ladder.",
        "She carried the violin home through the quiet winter market.",
        "His letter arrived with the morning boat from the island.",
        "They waited beside the window until the evening became dark.",
        "An orange rabbit jumped over the little garden wall again.",
        "The teacher closed the heavy book and looked at her friend.",
        "A silver engine stood forgotten behind the harbour for years.",
    ];
    let calm = "Nothing at all is wrong with the sentence that we begin with. ".repeat(1);
    let paragraphs: Vec<String> = std::iter::repeat_n(calm.trim().to_owned(), 3)
        .chain(sentences.iter().map(|sentence| (*sentence).to_owned()))
        .collect();
    let text = paragraphs.join("\n\n");
    let script = Script::parse(&text, &Limits::default(), Some("en")).unwrap();
    assert_eq!(script.segments().len(), paragraphs.len());
    let plan: HashMap<String, Vec<Spoil>> = sentences
        .iter()
        .zip(Spoil::ALL)
        .map(|(sentence, spoil)| ((*sentence).to_owned(), vec![spoil]))
        .collect();
    let loqui = Loqui::builder()
        .engine(Arc::new(Faulty::new(plan)))
        .checks(Checks::default().with_similarity(true))
        .build()
        .unwrap();
    let speech = loqui.speak(&heart().await, &text).await.unwrap();
    for (index, segment) in speech.segments().iter().enumerate() {
        let expected = if index < 3 { 1 } else { 2 };
        assert_eq!(segment.takes, expected, "{}: {:?}", segment.text, speech.warnings());
        assert!(
            segment.similarity.is_some_and(|similarity| similarity > 0.75),
            "{segment:?}"
        );
    }
    assert!(speech.warnings().iter().all(|found| found.code != "take.kept_anyway"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_best_take_is_kept_with_a_warning_if_none_is_good() {
    let text = "The old river turned slowly under the stone bridge at noon.";
    let plan = HashMap::from([(text.to_owned(), vec![Spoil::Silence, Spoil::Gap, Spoil::Ceiling])]);
    let loqui = Loqui::builder().engine(Arc::new(Faulty::new(plan))).build().unwrap();
    let speech = loqui.speak(&heart().await, text).await.unwrap();
    assert_eq!(speech.info().takes, 3);
    let warning = speech
        .warnings()
        .iter()
        .find(|found| found.code == "take.kept_anyway")
        .unwrap();
    assert!(warning.message.contains("it is silent for"), "{}", warning.message);

    let plan = HashMap::from([(text.to_owned(), vec![Spoil::Silence; 3])]);
    let loqui = Loqui::builder().engine(Arc::new(Faulty::new(plan))).build().unwrap();
    let error = loqui.speak(&heart().await, text).await.unwrap_err();
    assert_eq!(error.code(), "generation.takes_exhausted", "silence is never kept");
}
