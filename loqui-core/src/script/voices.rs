//! The voice, the language and the settings of segments, from the marks of a text.

use loqui_text::{Attributes, Mark};

use super::{Boundary, Segment, TextMark};

/// The attributes at positions of a text. Positions are asked for in ascending order.
#[derive(Debug)]
pub(super) struct AttributeSweep<'a> {
    /// The marks that are not reached yet, by their start, outer ones first.
    ahead: &'a [TextMark],
    /// The marks around the last position, from the outside in: where each ends, and its attributes.
    around: Vec<(usize, &'a Attributes)>,
}

impl<'a> AttributeSweep<'a> {
    pub(super) fn new(marks: &'a [TextMark]) -> Self {
        Self {
            ahead: marks,
            around: Vec::new(),
        }
    }

    /// The voice, the language and the settings at a position. What an inner mark sets comes before what an outer one sets.
    pub(super) fn at(&mut self, position: usize) -> Attributes {
        while let Some(((range, mark), behind)) = self.ahead.split_first()
            && range.start <= position
        {
            self.ahead = behind;
            if let Mark::Span(attributes) = mark
                && attributes.needs_own_take()
            {
                self.around.push((range.end, attributes));
            }
        }
        self.around.retain(|(end, _)| *end > position);
        let mut found = Attributes::default();
        for (_, attributes) in &self.around {
            found.voice = attributes.voice.clone().or(found.voice);
            found.language = attributes.language.clone().or(found.language);
            let settings = attributes.settings.iter();
            found
                .settings
                .extend(settings.map(|(name, value)| (name.clone(), *value)));
        }
        found
    }
}

/// Sets voice, language and settings of segments whose spans are positions in the text of the marks.
pub(super) fn set(segments: &mut [Segment], marks: &[TextMark]) {
    let mut sweep = AttributeSweep::new(marks);
    for segment in segments.iter_mut() {
        let Attributes {
            voice,
            language,
            settings,
            ..
        } = sweep.at(segment.span.start);
        (segment.voice, segment.language, segment.settings) = (voice, language, settings);
    }
    set_turns(segments);
}

/// Makes the end of a sentence the end of a turn where another voice follows, and the end of a paragraph where both have
/// labels.
fn set_turns(segments: &mut [Segment]) {
    let next: Vec<Option<String>> = segments.iter().skip(1).map(|segment| segment.voice.clone()).collect();
    for (segment, next) in segments.iter_mut().zip(next) {
        let turns = segment.voice != next;
        let both = segment.voice.is_some() && next.is_some();
        segment.boundary = match segment.boundary {
            Boundary::Sentence if turns => Boundary::Turn,
            Boundary::Paragraph if both => Boundary::Turn,
            other => other,
        };
    }
}

#[cfg(test)]
mod tests {
    use crate::script::{Boundary, Limits, Script, ScriptOptions, TextFormat};

    fn read(text: &str, format: TextFormat) -> Vec<(Option<String>, String, Boundary)> {
        let mut options = ScriptOptions::new(Limits::default(), Some("en"));
        options.format = format;
        let (segments, _) = Script::read(text, &options).unwrap().into_parts();
        let parts = segments
            .into_iter()
            .map(|segment| (segment.voice, segment.spoken, segment.boundary));
        parts.collect()
    }

    #[test]
    fn each_turn_is_a_segment_of_its_voice() {
        let turn = |voice: &str, spoken: &str, boundary| (Some(voice.to_owned()), spoken.to_owned(), boundary);
        let expected = [
            turn("anna", "Yes.", Boundary::Turn),
            turn("bob", "No. Not at all, I am afraid.", Boundary::Turn),
            turn("anna", "I see.", Boundary::End),
        ];
        let lines = "[anna]: Yes.\n[bob]: No. Not at all, I am afraid.\n[anna]: I see.";
        assert_eq!(read(lines, TextFormat::Plain), expected);
        assert_eq!(read(lines, TextFormat::Markdown), expected);
        let ssml = "<speak><voice name=\"anna\">Yes.</voice> <voice name=\"bob\">No. Not at all, I am afraid.</voice>
            <voice name='anna'>I see.</voice></speak>";
        assert_eq!(read(ssml, TextFormat::Ssml), expected);
        let json = r#"[{"voice": "anna", "text": "Yes."}, {"voice": "bob", "text": "No. Not at all, I am afraid."},
            {"voice": "anna", "text": "I see."}]"#;
        assert_eq!(read(json, TextFormat::Document), expected);
    }

    #[test]
    fn short_turns_of_one_voice_stay_apart() {
        let segments = read("[anna]: Yes.\n[anna]: No.", TextFormat::Plain);
        assert_eq!(segments.len(), 2);
        assert_eq!(segments[0].2, Boundary::Turn);
    }

    #[test]
    fn span_within_a_sentence_has_the_pause_of_a_clause() {
        let segments = read(
            "He said {voice=bob}come in{/voice} and closed the door.",
            TextFormat::Plain,
        );
        let found: Vec<_> = segments
            .iter()
            .map(|(voice, spoken, boundary)| (voice.as_deref(), spoken.as_str(), *boundary))
            .collect();
        assert_eq!(
            found,
            [
                (None, "He said,", Boundary::Clause),
                (Some("bob"), "come in,", Boundary::Clause),
                (None, "and closed the door.", Boundary::End),
            ]
        );
    }

    #[test]
    fn narration_is_a_paragraph_between_turns() {
        let segments = read(
            "[anna]: Who is there?\n\nNobody answered her.\n\n[bob]: It is me.",
            TextFormat::Markdown,
        );
        let found: Vec<_> = segments
            .iter()
            .map(|(voice, _, boundary)| (voice.as_deref(), *boundary))
            .collect();
        assert_eq!(
            found,
            [
                (Some("anna"), Boundary::Paragraph),
                (None, Boundary::Paragraph),
                (Some("bob"), Boundary::End)
            ]
        );
    }

    #[test]
    fn inner_marks_come_before_outer_ones() {
        let segments = read(
            "[anna]: One thing {voice=bob exaggeration=0.9 language=de}zwei{/voice} three.",
            TextFormat::Plain,
        );
        let voices: Vec<_> = segments.iter().map(|(voice, _, _)| voice.as_deref()).collect();
        assert_eq!(voices, [Some("anna"), Some("bob"), Some("anna")]);
    }

    #[test]
    fn editable_scripts_have_a_segment_for_each_sentence() {
        let mut options = ScriptOptions::new(Limits::default(), Some("en"));
        options.editable = true;
        let text = "The first sentence is here. The second one follows it. Yes. The last one is the third.";
        let script = Script::read(text, &options).unwrap();
        let spoken: Vec<_> = script
            .segments()
            .iter()
            .map(|segment| segment.spoken.as_str())
            .collect();
        assert_eq!(
            spoken,
            [
                "The first sentence is here.",
                "The second one follows it.",
                "Yes. The last one is the third."
            ],
            "a sentence that is too short is joined"
        );
    }
}
