//! The codes of all findings, in one table.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! codes {
    ($($variant:ident $name:literal $meaning:literal;)*) => {
        /// The stable code of a finding.
        ///
        /// Serializes as its string form, for instance `"sample.too_short"`. A string that is not in the table becomes
        /// [`Other`](Self::Other): custom engines have codes of their own, and a store may hold findings of another
        /// version of this crate. Create codes from strings with [`From`], which finds the variant.
        ///
        /// # Examples
        ///
        /// ```
        /// use loqui_core::FindingCode;
        ///
        /// assert_eq!(FindingCode::from("sample.short"), FindingCode::SampleShort);
        /// assert_eq!(FindingCode::SampleShort.as_str(), "sample.short");
        /// assert_eq!(FindingCode::from("my_engine.slow").to_string(), "my_engine.slow");
        /// ```
        #[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(from = "String", into = "String")]
        #[non_exhaustive]
        pub enum FindingCode {
            $(
                #[doc = concat!("`", $name, "`: ", $meaning)]
                $variant,
            )*
            /// A code that this version does not know.
            Other(String),
        }

        impl FindingCode {
            /// Returns the string form.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $name,)*
                    Self::Other(name) => name,
                }
            }

            fn known(name: &str) -> Option<Self> {
                match name {
                    $($name => Some(Self::$variant),)*
                    _ => None,
                }
            }

            #[cfg(test)]
            const NAMES: &'static [&'static str] = &[$($name),*];
        }
    };
}

codes! {
    SampleNotFinite "sample.not_finite" "samples are NaN, infinite or far above full scale.";
    SampleTruncated "sample.truncated" "the file ends before the audio does.";
    SampleTooShort "sample.too_short" "the recording is shorter than the minimum.";
    SampleShort "sample.short" "more speech gives a closer clone.";
    SampleLong "sample.long" "the recording is longer than any model uses.";
    SampleSilent "sample.silent" "there is nothing to hear.";
    SampleQuiet "sample.quiet" "the level is low.";
    SampleLoud "sample.loud" "the level or the true peak is high.";
    SampleDcOffset "sample.dc_offset" "the signal is not centred on zero.";
    SampleClipped "sample.clipped" "peaks are clipped.";
    SampleNoisy "sample.noisy" "the noise is close to the voice.";
    SampleNarrowBand "sample.narrow_band" "high frequencies are missing.";
    SampleNoSpeech "sample.no_speech" "there is too little speech.";
    SampleLittleSpeech "sample.little_speech" "most of the recording is not speech.";
    SampleLeadingSilence "sample.leading_silence" "silence precedes the first word.";
    SampleLongPause "sample.long_pause" "there is a long pause between words.";
    SampleMusic "sample.music" "it sounds like singing or music.";
    SampleSeveralSpeakers "sample.several_speakers" "more than one person seems to speak.";
    SampleOtherSpeaker "sample.other_speaker" "one of several recordings is of another speaker, and is left out.";
    SampleLeftOut "sample.left_out" "one of several recordings is unusable, and is left out.";
    SampleReverberant "sample.reverberant" "the room seems reverberant.";
    SampleOutOfPhase "sample.out_of_phase" "the channels would cancel each other in mono; one is used.";
    SampleOneChannel "sample.one_channel" "some channels have no voice or another sound, and are left out.";
    SampleWrongHeader "sample.wrong_header" "the header contradicts the file; the file is right.";
    SampleWrongExtension "sample.wrong_extension" "the file is of another kind than its name says.";
    SampleVideo "sample.video" "the file is a film; its sound is used.";
    SampleSeveralTracks "sample.several_tracks" "the file has several audio tracks; the one with speech is used.";
    SampleUnreadable "sample.unreadable" "the file is not a readable recording.";
    SampleUnsupportedFormat "sample.unsupported_format" "there is no decoder for the format.";
    SampleTooLarge "sample.too_large" "the file has too many bytes.";
    ScriptAllCaps "script.all_caps" "words are written in capitals.";
    ScriptRunOn "script.run_on" "a sentence is too long to be spoken in one breath.";
    ScriptNoPunctuation "script.no_punctuation" "a long text has no sentence end.";
    ScriptDigits "script.digits" "there are digits in a language whose numbers are not spelled out.";
    ScriptUnspeakable "script.unspeakable" "characters that cannot be spoken are left out.";
    ScriptWrongLanguage "script.wrong_language" "the text or some letters are not in the language.";
    ScriptEncoding "script.encoding" "bytes of the text are damaged.";
    ScriptUnknownTag "script.unknown_tag" "an unknown tag is left out.";
    ScriptIgnoredMarkup "script.ignored_markup" "markup that the model does not understand has no effect.";
    ScriptOpenTag "script.open_tag" "a tag is not closed.";
    ScriptLeftOut "script.left_out" "a picture or the like is left out.";
    ScriptBookDamaged "script.book_damaged" "a part of the book is damaged or missing.";
    ScriptPlaceholder "script.placeholder" "a placeholder was not filled in.";
    ScriptDirectionMarks "script.direction_marks" "characters that change the direction of writing are left out.";
    ScriptVoiceUnused "script.voice_unused" "no line of the script has this voice.";
    ScriptControlCharacters "script.control_characters" "control characters are left out.";
    TakeNotFinite "take.not_finite" "samples are NaN or infinite.";
    TakeSilent "take.silent" "the take is silent.";
    TakeTruncated "take.truncated" "the model cut the take off at its length limit.";
    TakeTooSlow "take.too_slow" "there is more speech than the text explains.";
    TakeTooFast "take.too_fast" "there is less speech than the text needs.";
    TakeTail "take.tail" "a sound follows the last word.";
    TakeLongSilence "take.long_silence" "there is a long silence between two words.";
    TakeClipped "take.clipped" "peaks are clipped.";
    TakeUnlike "take.unlike" "the voice does not match the sample.";
    TakeWrongWords "take.wrong_words" "a speech recognizer heard other words.";
    TakeWords "take.words" "the word error rate was measured.";
    TakeSimilarity "take.similarity" "the similarity to the sample was measured.";
    TakeReused "take.reused" "the audio comes from an earlier generation.";
    TakeKeptAnyway "take.kept_anyway" "no take passed, and the best one was kept.";
    VoiceMatched "voice.matched" "the offline voice was adapted to the sample.";
    VoiceUnmatched "voice.unmatched" "the offline voice could not be adapted to the sample.";
    ModelAttribution "model.attribution" "the licence of the model requires this to be named with the speech.";
    OptionIgnored "option.ignored" "the engine has no such option.";
}

impl From<&str> for FindingCode {
    fn from(name: &str) -> Self {
        Self::known(name).unwrap_or_else(|| Self::Other(name.to_owned()))
    }
}

impl From<String> for FindingCode {
    fn from(name: String) -> Self {
        Self::known(&name).unwrap_or(Self::Other(name))
    }
}

impl From<FindingCode> for String {
    fn from(code: FindingCode) -> Self {
        match code {
            FindingCode::Other(name) => name,
            known => known.as_str().to_owned(),
        }
    }
}

impl PartialEq<str> for FindingCode {
    fn eq(&self, name: &str) -> bool {
        self.as_str() == name
    }
}

impl PartialEq<&str> for FindingCode {
    fn eq(&self, name: &&str) -> bool {
        self.as_str() == *name
    }
}

impl fmt::Display for FindingCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_survives_a_round_trip_through_json() {
        for name in FindingCode::NAMES {
            let code = FindingCode::from(*name);
            assert!(!matches!(code, FindingCode::Other(_)), "{name}");
            assert_eq!(serde_json::to_value(&code).unwrap(), *name);
            assert_eq!(serde_json::from_value::<FindingCode>((*name).into()).unwrap(), code);
        }
    }

    #[test]
    fn unknown_codes_keep_their_text() {
        let code: FindingCode = serde_json::from_str("\"my_engine.slow\"").unwrap();
        assert_eq!(code, FindingCode::Other("my_engine.slow".to_owned()));
        assert_eq!(serde_json::to_string(&code).unwrap(), "\"my_engine.slow\"");
    }
}
