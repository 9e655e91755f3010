//! Chooses one of several audio tracks: the one with speech.

use symphonia::core::formats::FormatReader;

use super::DecodeError;
use super::codec::Codec;
use super::sink::{Format, Whole};
use super::stream::{Container, Output};
use crate::audio::{Clip, Content, Limits, channels, voice};

/// The part of each track that is compared, in seconds.
const COMPARED: f64 = 20.0;
/// The speech by which a track must exceed an earlier one, in seconds.
const MORE: f64 = 1.0;
/// The largest number of packets that are read for the comparison.
const MOST_PACKETS: usize = 100_000;
/// The largest number of tracks that are compared.
const MOST_TRACKS: usize = 8;

/// Returns the ids of the audio tracks that can be decoded, the default one first.
pub(super) fn audio(reader: &dyn FormatReader) -> Vec<u32> {
    let decodable = |params: &symphonia::core::codecs::CodecParameters| {
        params.audio().is_some_and(|params| Codec::of(params).is_ok())
    };
    reader
        .tracks()
        .iter()
        .filter(|track| track.codec_params.as_ref().is_some_and(decodable))
        .map(|track| track.id)
        .collect()
}

/// Returns the index and the id of the track with the most speech. Equal tracks keep their order.
pub(super) fn with_speech(
    container: &Container<'_>,
    reader: &dyn FormatReader,
    ids: &[u32],
) -> Result<(usize, u32), DecodeError> {
    let mut tracks: Vec<Track> = ids
        .iter()
        .take(MOST_TRACKS)
        .filter_map(|id| Track::of(reader, *id))
        .collect();
    // Another reader, because a container is read only once from its start to its end.
    let mut packets = container.open()?;
    for _ in 0..MOST_PACKETS {
        let Ok(Some(packet)) = packets.next_packet() else { break };
        if let Some(track) = tracks
            .iter_mut()
            .find(|track| track.id == packet.track_id && !track.full)
        {
            let decoded = track.output.decode(&mut track.decoder, &packet, &mut track.whole);
            track.full = decoded.is_ok_and(|flow| flow.is_break());
        }
        if tracks.iter().all(|track| track.full) {
            break;
        }
    }
    let mut best = (0, ids.first().copied().unwrap_or_default());
    let mut most = f64::NEG_INFINITY;
    for track in tracks {
        let index = ids.iter().position(|id| *id == track.id).unwrap_or(0);
        let speech = track.speech_seconds();
        if speech > most + MORE || index == 0 {
            (best, most) = ((index, ids[index]), speech);
        }
    }
    Ok(best)
}

struct Track {
    id: u32,
    decoder: Codec,
    output: Output,
    whole: Whole,
    full: bool,
}

impl Track {
    fn of(reader: &dyn FormatReader, id: u32) -> Option<Self> {
        let track = reader.tracks().iter().find(|track| track.id == id)?;
        Some(Self {
            id,
            decoder: Codec::of(track.codec_params.as_ref()?.audio()?).ok()?,
            output: Output::default(),
            whole: Whole::new(Limits::default().with_seconds(COMPARED)),
            full: false,
        })
    }

    fn speech_seconds(self) -> f64 {
        let Some(format) = self.whole.format else { return 0.0 };
        let samples = self.whole.samples;
        voice::speech_seconds(&mono(samples, format))
    }
}

fn mono(samples: Vec<f32>, format: Format) -> Clip {
    let decoded = super::Decoded {
        content: Content::Unknown,
        sample_rate: format.rate,
        channels: format.channels,
        samples,
        truncated: false,
        capped: true,
        declared_seconds: None,
        mask: format.mask,
        remarks: Vec::new(),
    };
    channels::choose(&decoded).mix(&decoded)
}
