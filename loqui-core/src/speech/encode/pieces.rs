//! Encodes streams of samples to streams of bytes.

use bytes::{Bytes, BytesMut};
use futures::stream::{self, BoxStream, StreamExt as _};

use super::Encoder;
use crate::audio::wav;
use crate::error::{Error, Result, code};

/// The maximum length of the header of stored files, in bytes.
const HEADER: usize = 80;

/// A part of an encoded file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// The next bytes.
    Next(Bytes),
    /// The final first bytes of the file, for seekable outputs.
    Head(Bytes),
}

/// Encodes samples as they arrive. The stream ends after an error.
pub(crate) fn encoded(
    samples: BoxStream<'static, Result<Bytes>>,
    encoder: Encoder,
) -> BoxStream<'static, Result<Piece>> {
    let pieces = stream::unfold(Some((samples, encoder)), |state| async move {
        let (mut samples, encoder) = state?;
        match samples.next().await {
            Some(Ok(pcm16)) => match push(encoder, pcm16).await {
                Ok((bytes, encoder)) => Some((vec![Ok(Piece::Next(bytes))], Some((samples, encoder)))),
                Err(error) => Some((vec![Err(error)], None)),
            },
            Some(Err(error)) => Some((vec![Err(error)], None)),
            None => match encoder.finish() {
                Ok(end) => Some((vec![Ok(Piece::Next(end.tail)), Ok(Piece::Head(end.head))], None)),
                Err(error) => Some((vec![Err(error)], None)),
            },
        }
    });
    let some = |piece: &Result<Piece>| match piece {
        Ok(Piece::Next(bytes) | Piece::Head(bytes)) => !bytes.is_empty(),
        Err(_) => true,
    };
    pieces
        .flat_map(stream::iter)
        .filter(move |piece| std::future::ready(some(piece)))
        .boxed()
}

/// Encodes samples (16-bit little-endian at [`SPEECH_RATE`](crate::audio::SPEECH_RATE)) as they arrive. The stream ends after
/// an error.
pub fn encode_stream(
    samples: BoxStream<'static, Result<Bytes>>,
    encoder: Encoder,
) -> BoxStream<'static, Result<Bytes>> {
    let next = |piece| async move {
        match piece {
            Ok(Piece::Next(bytes)) => Some(Ok(bytes)),
            Ok(Piece::Head(_)) => None,
            Err(error) => Some(Err(error)),
        }
    };
    encoded(samples, encoder).filter_map(next).boxed()
}

/// Encodes on a blocking thread.
async fn push(mut encoder: Encoder, pcm16: Bytes) -> Result<(Bytes, Encoder)> {
    tokio::task::spawn_blocking(move || Ok((encoder.push(&pcm16)?, encoder)))
        .await
        .map_err(|source| Error::new(&code::INTERNAL, "encoding was interrupted").with_source(source))?
}

/// Reads a stored WAV file from a stream. Returns the number of samples and the stream of samples.
///
/// # Errors
///
/// `store.corrupt` if it is not such a file, and those of the stream. The returned stream ends with `store.corrupt` if the
/// file is truncated.
pub(crate) async fn samples_of(
    mut file: BoxStream<'static, Result<Bytes>>,
) -> Result<(usize, BoxStream<'static, Result<Bytes>>)> {
    let mut begin = BytesMut::new();
    while begin.len() < HEADER {
        let Some(piece) = file.next().await else { break };
        begin.extend_from_slice(&piece?);
    }
    let (header, bytes) = wav::data_of(&begin).ok_or_else(truncated)?;
    let bytes = bytes as usize;
    let mut begin = begin.freeze();
    let first = begin.split_off(header.min(begin.len()));
    let pieces = stream::once(std::future::ready(Ok(first))).chain(file);
    let state = (pieces.boxed(), bytes, Bytes::new());
    let samples = stream::try_unfold(state, |(mut pieces, left, mut odd)| async move {
        if left == 0 {
            return Ok(None);
        }
        let Some(piece) = pieces.next().await else {
            return Err(truncated());
        };
        let mut piece = piece?;
        piece.truncate(left);
        let left = left - piece.len();
        if !odd.is_empty() {
            piece = [odd, piece].concat().into();
        }
        odd = piece.split_off(piece.len() / 2 * 2);
        Ok(Some((piece, (pieces, left, odd))))
    });
    Ok((bytes / 2, samples.boxed()))
}

fn truncated() -> Error {
    Error::new(&code::STORE_CORRUPT, "the finished speech cannot be read")
}

#[cfg(test)]
mod tests {
    use futures::TryStreamExt as _;

    use super::*;
    use crate::audio::{Clip, wav};
    use crate::speech::{Provenance, SpeechFormat};

    fn pieces(file: &Bytes, size: usize) -> BoxStream<'static, Result<Bytes>> {
        let parts: Vec<Result<Bytes>> = file.chunks(size).map(|part| Ok(Bytes::copy_from_slice(part))).collect();
        stream::iter(parts).boxed()
    }

    fn file() -> Bytes {
        let clip = Clip::new((0..1_000).map(|n| n as f32 / 2_000.0).collect(), 24_000);
        wav::write(&clip, Some(&Provenance::new("loqui", "odd")))
    }

    #[tokio::test]
    async fn samples_are_read_from_pieces_of_any_size() {
        let file = file();
        for size in [1, 7, 44, 45, 1_000, 100_000] {
            let (count, samples) = samples_of(pieces(&file, size)).await.unwrap();
            assert_eq!(count, 1_000);
            let samples: Vec<Bytes> = samples.try_collect().await.unwrap();
            assert!(samples.iter().all(|piece| piece.len() % 2 == 0));
            assert_eq!(samples.concat(), file[44..2_044]);
        }
    }

    #[tokio::test]
    async fn truncated_files_are_an_error() {
        let file = file();
        let (_, samples) = samples_of(pieces(&file.slice(..1_500), 100)).await.unwrap();
        let error = samples.try_collect::<Vec<_>>().await.unwrap_err();
        assert_eq!(error.code(), "store.corrupt");
        assert!(samples_of(pieces(&file.slice(..20), 100)).await.is_err());
    }

    #[tokio::test]
    async fn the_stream_ends_after_an_error() {
        let broken = stream::iter([
            Ok(Bytes::from_static(&[0; 8])),
            Err(truncated()),
            Ok(Bytes::from_static(&[0; 8])),
        ]);
        let encoder = Encoder::new(SpeechFormat::Wav, None).unwrap();
        let pieces: Vec<_> = encoded(broken.boxed(), encoder).collect().await;
        assert_eq!((pieces.len(), pieces[1].is_err()), (2, true));
    }
}
