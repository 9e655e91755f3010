//! The sentences of a generation while they are edited.

use std::collections::HashMap;
use std::fmt::Write as _;

use super::Edit;
use crate::api::request::check_script;
use crate::api::voices::voices_missing;
use crate::error::{Error, Result, code};
use crate::finding::Finding;
use crate::id::GenerationId;
use crate::ledger::{GenerationRecord, Inherited, Lineage, TakeRecord, VoiceRecord};
use crate::script::{Boundary, Script, ScriptOptions, Segment, VoiceLabel, sentences};

/// A sentence of the new version.
#[derive(Clone, Debug)]
struct Sentence {
    segment: Segment,
    /// The segment of the parent that it is unchanged from.
    from: Option<u32>,
    /// The number of the take that it keeps.
    keep: Option<u32>,
}

/// The sentences of a generation while they are edited.
pub(super) struct Draft<'a> {
    generation: GenerationId,
    voices: &'a [VoiceRecord],
    sentences: Vec<Sentence>,
    /// The numbers of the takes that can be heard, by segment of the parent.
    audible: HashMap<u32, Vec<u32>>,
    next_id: u32,
    /// Whether the segments are sentences, so that each can be changed.
    is_by_sentence: bool,
    /// Whether all text needs a label.
    needs_label: bool,
    findings: Vec<Finding>,
}

impl<'a> Draft<'a> {
    /// Begins an edit of a completed generation.
    pub(super) fn of(record: &'a GenerationRecord, takes: &[TakeRecord]) -> Result<Self> {
        let mut audible: HashMap<u32, Vec<u32>> = HashMap::new();
        let mut kept = HashMap::new();
        for take in takes.iter().filter(|take| take.is_audible()) {
            audible.entry(take.segment).or_default().push(take.number);
            if take.is_kept() {
                kept.insert(take.segment, take.number);
            }
        }
        let language = record.options.voice.language.as_deref();
        let is_one_sentence = |segment: &Segment| segment.id.is_some() || sentences(&segment.text, language).len() <= 1;
        let is_by_sentence = record.segments.iter().all(is_one_sentence);
        let mut all = Vec::with_capacity(record.segments.len());
        for segment in &record.segments {
            let Some(keep) = kept.get(&segment.index).copied() else {
                let message = format!("the takes of generation {} were deleted", record.id);
                return Err(Error::new(&code::GENERATION_NOT_EDITABLE, message)
                    .with_hint("Retention deletes takes some time after the end. Speak the script again."));
            };
            let mut copy = segment.clone();
            copy.id = Some(segment.number());
            all.push(Sentence {
                from: Some(segment.index),
                keep: Some(keep),
                segment: copy,
            });
        }
        let highest = all.iter().filter_map(|sentence| sentence.segment.id).max();
        let next_id = highest.unwrap_or_default() + 1;
        Ok(Self {
            generation: record.id,
            voices: &record.voices,
            sentences: all,
            audible,
            next_id: record
                .lineage
                .as_ref()
                .map_or(next_id, |lineage| lineage.next_id.max(next_id)),
            is_by_sentence,
            needs_label: !record.voices.is_empty() && record.segments.iter().all(|segment| segment.voice.is_some()),
            findings: Vec::new(),
        })
    }

    /// Makes one change.
    pub(super) fn apply(&mut self, edit: Edit, reading: &ScriptOptions) -> Result<()> {
        match edit {
            Edit::Change { sentence, text, voice } => self.change(sentence, &text, voice, reading),
            Edit::Insert { after, text, voice } => self.insert(after, &text, voice, reading),
            Edit::Delete { sentence } => {
                let at = self.editable(sentence)?;
                if self.sentences.len() == 1 {
                    let message = "the only sentence cannot be deleted";
                    return Err(Error::new(&code::SCRIPT_EMPTY, message));
                }
                self.remove(at);
                Ok(())
            }
            Edit::Move { sentence, after } => {
                let at = self.editable(sentence)?;
                if after != 0 {
                    self.find(after)?;
                }
                if after != sentence {
                    let moved = self.remove(at);
                    self.place(after, vec![moved])?;
                }
                Ok(())
            }
            Edit::Retake { sentence } => {
                let at = self.find(sentence)?;
                self.sentences[at].keep = None;
                Ok(())
            }
            Edit::Pick { sentence, take } => self.pick(sentence, take),
        }
    }

    fn change(&mut self, number: u32, text: &str, voice: Option<String>, reading: &ScriptOptions) -> Result<()> {
        let at = self.editable(number)?;
        let old = self.sentences[at].clone();
        let voice = voice.or_else(|| old.segment.voice.clone());
        let mut new = self.read(text, voice, reading)?;
        let is_single = new.len() == 1;
        if let Some(first) = new.first_mut() {
            first.segment.id = old.segment.id;
            first.segment.chapter.clone_from(&old.segment.chapter);
            if is_single && first.segment.spoken == old.segment.spoken && first.segment.voice == old.segment.voice {
                (first.from, first.keep) = (old.from, old.keep);
            }
        }
        for sentence in &mut new {
            sentence.segment.language.clone_from(&old.segment.language);
            sentence.segment.settings.clone_from(&old.segment.settings);
        }
        if let Some(last) = new.last_mut() {
            last.segment.boundary = old.segment.boundary;
            last.segment.asked_pause = last.segment.asked_pause.or(old.segment.asked_pause);
        }
        self.number(&mut new);
        self.sentences.splice(at..=at, new);
        Ok(())
    }

    fn insert(&mut self, after: u32, text: &str, voice: Option<String>, reading: &ScriptOptions) -> Result<()> {
        self.ensure_by_sentence()?;
        let neighbour = match after {
            0 => self.sentences.first(),
            _ => self.sentences.get(self.find(after)?),
        };
        let voice = voice.or_else(|| neighbour?.segment.voice.clone());
        let mut new = self.read(text, voice, reading)?;
        self.number(&mut new);
        self.place(after, new)
    }

    fn pick(&mut self, number: u32, take: u32) -> Result<()> {
        let at = self.find(number)?;
        let sentence = &mut self.sentences[at];
        let audible = sentence.from.and_then(|from| self.audible.get(&from));
        if audible.is_some_and(|takes| takes.contains(&take)) {
            sentence.keep = Some(take);
            return Ok(());
        }
        let takes: Vec<String> = audible.into_iter().flatten().map(u32::to_string).collect();
        let message = format!("sentence {number} has no take {take} that can be chosen");
        let hint = if takes.is_empty() {
            "It has no takes yet. Finish this edit first.".to_owned()
        } else {
            format!("Its takes are {}.", takes.join(", "))
        };
        Err(Error::new(&code::GENERATION_NO_SENTENCE, message).with_hint(hint))
    }

    /// Reads new text in a voice: the label that the text itself names, or else `voice`.
    fn read(&mut self, text: &str, voice: Option<String>, reading: &ScriptOptions) -> Result<Vec<Sentence>> {
        let script = Script::read(text, reading)?;
        check_script(&script)?;
        let mut missing: Vec<String> = Vec::new();
        let (segments, findings) = script.into_parts();
        let mut new = Vec::with_capacity(segments.len());
        for mut segment in segments {
            segment.voice = match segment.voice.take().or_else(|| voice.clone()) {
                Some(written) => {
                    let label = VoiceLabel::lenient(&written);
                    match self.voices.iter().find(|known| label.is(&known.label)) {
                        Some(known) => Some(known.label.clone()),
                        None => {
                            missing.push(label.to_string());
                            None
                        }
                    }
                }
                None => None,
            };
            new.push(Sentence {
                segment,
                from: None,
                keep: None,
            });
        }
        missing.dedup();
        if !missing.is_empty() {
            let known: Vec<&str> = self.voices.iter().map(|voice| voice.label.as_str()).collect();
            let error = voices_missing(&missing, None);
            return Err(error.with_hint(if known.is_empty() {
                "The generation has one voice without a label.".to_owned()
            } else {
                format!("The voices of the generation are {}.", known.join(", "))
            }));
        }
        if self.needs_label && new.iter().any(|sentence| sentence.segment.voice.is_none()) {
            return Err(voices_missing(&[], Some("the new text")));
        }
        self.findings.extend(findings);
        Ok(new)
    }

    /// Numbers sentences that have no number yet.
    fn number(&mut self, new: &mut [Sentence]) {
        for sentence in new {
            if sentence.segment.id.is_none() {
                sentence.segment.id = Some(self.next_id);
                self.next_id += 1;
            }
        }
    }

    /// Removes a sentence. Its boundary stays with the sentence before it.
    fn remove(&mut self, at: usize) -> Sentence {
        let mut removed = self.sentences.remove(at);
        // The chapter begins with the next sentence.
        if let Some(chapter) = removed.segment.chapter.take()
            && let Some(next) = self.sentences.get_mut(at)
        {
            next.segment.chapter.get_or_insert(chapter);
        }
        if let Some(before) = at.checked_sub(1).and_then(|before| self.sentences.get_mut(before)) {
            before.segment.boundary = before.segment.boundary.max(removed.segment.boundary);
            before.segment.asked_pause = before.segment.asked_pause.max(removed.segment.asked_pause);
        }
        removed
    }

    /// Puts sentences after the one with this number, at the end of its paragraph if it is the last one there.
    fn place(&mut self, after: u32, mut new: Vec<Sentence>) -> Result<()> {
        let at = match after {
            0 => 0,
            _ => self.find(after)? + 1,
        };
        let before = at.checked_sub(1).and_then(|before| self.sentences.get_mut(before));
        if let Some(last) = new.last_mut() {
            let (boundary, pause) = match before {
                Some(before) => {
                    let segment = &mut before.segment;
                    let end = (segment.boundary.max(Boundary::Sentence), segment.asked_pause.take());
                    segment.boundary = Boundary::Sentence;
                    end
                }
                None => (Boundary::Sentence, None),
            };
            last.segment.boundary = boundary;
            last.segment.asked_pause = last.segment.asked_pause.or(pause);
        }
        self.sentences.splice(at..at, new);
        Ok(())
    }

    /// The position of a sentence.
    fn find(&self, number: u32) -> Result<usize> {
        let place = self
            .sentences
            .iter()
            .position(|sentence| sentence.segment.id == Some(number));
        place.ok_or_else(|| {
            let message = format!("generation {} has no sentence {number}", self.generation);
            let numbers = self.sentences.iter().filter_map(|sentence| sentence.segment.id);
            let (least, most) = (numbers.clone().min(), numbers.max());
            Error::new(&code::GENERATION_NO_SENTENCE, message).with_hint(format!(
                "Its sentences have the numbers {} to {}.",
                least.unwrap_or_default(),
                most.unwrap_or_default()
            ))
        })
    }

    /// The position of a sentence whose text or place changes.
    fn editable(&self, number: u32) -> Result<usize> {
        self.ensure_by_sentence()?;
        self.find(number)
    }

    fn ensure_by_sentence(&self) -> Result<()> {
        if self.is_by_sentence {
            return Ok(());
        }
        let message = format!(
            "generation {} was not split by sentences: some of its segments have several",
            self.generation
        );
        Err(Error::new(&code::GENERATION_NOT_EDITABLE, message))
    }

    /// The segments that are spoken anew.
    pub(super) fn anew(&self) -> impl Iterator<Item = &Segment> {
        let anew = self.sentences.iter().filter(|sentence| sentence.keep.is_none());
        anew.map(|sentence| &sentence.segment)
    }

    /// The warnings of the parent that are not about its takes, and those about the new text.
    pub(super) fn warnings(&self, record: &GenerationRecord) -> Vec<Finding> {
        let kept = record.warnings.iter();
        let mut warnings: Vec<Finding> = kept
            .filter(|finding| !finding.code.as_str().starts_with("take."))
            .cloned()
            .collect();
        for finding in &self.findings {
            if !warnings.contains(finding) {
                warnings.push(finding.clone());
            }
        }
        warnings
    }

    /// The text, the segments and the origin of the new version.
    pub(super) fn finish(self) -> (String, Vec<Segment>, Lineage) {
        let mut lineage = Lineage::new(self.generation, self.next_id);
        let mut segments = Vec::with_capacity(self.sentences.len());
        for (index, sentence) in (0..).zip(self.sentences) {
            if let Some(from) = sentence.from {
                lineage.takes.push(Inherited::new(index, from, sentence.keep));
            }
            let mut segment = sentence.segment;
            segment.index = index;
            segments.push(segment);
        }
        set_boundaries(&mut segments);
        let script = write(&mut segments);
        (script, segments, lineage)
    }
}

/// Sets the boundaries that depend on the neighbours: turns, and the end.
fn set_boundaries(segments: &mut [Segment]) {
    let next: Vec<(Option<String>, bool)> = segments
        .iter()
        .skip(1)
        .map(|segment| (segment.voice.clone(), segment.chapter.is_some()))
        .collect();
    let last = segments.len().saturating_sub(1);
    for (index, segment) in segments.iter_mut().enumerate() {
        let turns = next.get(index).is_some_and(|(next, _)| *next != segment.voice);
        let begins_chapter = next.get(index).is_some_and(|(_, begins)| *begins);
        segment.boundary = match segment.boundary {
            _ if index == last => Boundary::End,
            _ if begins_chapter => Boundary::Chapter,
            Boundary::Chapter => Boundary::Paragraph,
            Boundary::End | Boundary::Sentence | Boundary::Turn if turns => Boundary::Turn,
            Boundary::End | Boundary::Turn => Boundary::Sentence,
            other => other,
        };
        if index == last {
            segment.asked_pause = None;
        }
    }
}

/// Writes the text of segments, with labels and pauses, and sets their positions in it.
fn write(segments: &mut [Segment]) -> String {
    let mut text = String::new();
    let mut voice: Option<String> = None;
    let mut begins = true;
    for segment in segments {
        if segment.voice != voice && !text.is_empty() && !begins {
            text.push_str("\n\n");
            begins = true;
        }
        if begins && let Some(label) = &segment.voice {
            let _ = write!(text, "[{label}]: ");
        } else if !begins {
            text.push(' ');
        }
        voice.clone_from(&segment.voice);
        let start = text.len();
        text.push_str(&segment.text);
        segment.span = start..text.len();
        if let Some(pause) = segment.asked_pause {
            let _ = write!(text, " [pause {}ms]", pause.as_millis());
        }
        begins = segment.boundary >= Boundary::Paragraph;
        if begins && segment.boundary != Boundary::End {
            text.push_str("\n\n");
        }
    }
    text
}

#[cfg(test)]
mod tests;
