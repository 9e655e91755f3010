//! Speech by a network that knows it: music, tones and noise do not pass for words.

use loqui_analysis::{SAMPLE_RATE, SpeechDetector};

use super::super::envelope::Envelope;
use super::super::report::SpeechBy;
use super::{GAP, Speech, flip_short};
use crate::audio::{Clip, resample};

/// Listens to a clip; absent if the network refuses it, so that energy decides.
pub(super) fn listen(clip: &Clip, envelope: &Envelope) -> Option<Speech> {
    let clip = resample(clip.clone(), SAMPLE_RATE);
    let map = match SpeechDetector::default().detect(clip.samples()) {
        Ok(map) => map,
        Err(error) => {
            tracing::warn!(%error, "speech is told by its energy: the network refused the recording");
            return None;
        }
    };
    let mut mask = vec![false; envelope.powers().len()];
    for segment in map.segments() {
        let end = super::block(segment.end).min(mask.len());
        mask[super::block(segment.start).min(end)..end].fill(true);
    }
    flip_short(&mut mask, false, GAP);
    Some(Speech {
        mask,
        by: SpeechBy::Network,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::testing::{babble, noise, voice};
    use crate::audio::wav;

    fn heard(clip: &Clip) -> Speech {
        listen(clip, &Envelope::of(clip)).expect("is listened to")
    }

    #[test]
    fn words_are_heard_and_a_buzz_is_not() {
        let voice = wav::read(&voice("heart.wav")).unwrap();
        assert!(
            (9.0..13.5).contains(&heard(&voice).seconds()),
            "{}",
            heard(&voice).seconds()
        );
        assert!(heard(&babble(5.0, 16_000)).seconds() < 1.0);
        assert!(heard(&Clip::new(noise(48_000, 1), 16_000)).stretches().is_empty());
    }

    #[test]
    fn what_the_network_refuses_is_left_to_energy() {
        let deafening = Clip::new(vec![50.0; 16_000], 16_000);
        assert!(listen(&deafening, &Envelope::of(&deafening)).is_none());
    }
}
