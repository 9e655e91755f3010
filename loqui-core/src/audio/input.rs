//! The bytes of a file, in memory or on disk, with random access.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use symphonia::core::io::MediaSource;

/// A file in memory or on disk. Clones share it. A file on disk is read in pieces, so its size does not limit it.
#[derive(Clone)]
pub(crate) enum Input<'a> {
    Memory(&'a [u8]),
    File { file: Arc<Mutex<File>>, length: u64 },
}

impl<'a> Input<'a> {
    /// Wraps an open file.
    pub(crate) fn of_file(file: File) -> io::Result<Self> {
        let length = file.metadata()?.len();
        let file = Arc::new(Mutex::new(file));
        Ok(Self::File { file, length })
    }

    /// Returns the number of bytes.
    pub(crate) fn len(&self) -> u64 {
        match self {
            Self::Memory(bytes) => bytes.len() as u64,
            Self::File { length, .. } => *length,
        }
    }

    /// Reads the bytes from `at` on into `into`. Returns how many there were.
    pub(crate) fn read_at(&self, at: u64, into: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Memory(bytes) => {
                let rest = usize::try_from(at)
                    .ok()
                    .and_then(|at| bytes.get(at..))
                    .unwrap_or_default();
                let count = rest.len().min(into.len());
                into[..count].copy_from_slice(&rest[..count]);
                Ok(count)
            }
            Self::File { file, .. } => {
                let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
                file.seek(SeekFrom::Start(at))?;
                let mut count = 0;
                while count < into.len() {
                    match file.read(&mut into[count..]) {
                        Ok(0) => break,
                        Ok(more) => count += more,
                        Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                        Err(error) => return Err(error),
                    }
                }
                Ok(count)
            }
        }
    }

    /// Returns up to `most` bytes from `at` on. An unreadable part of a file counts as its end.
    pub(crate) fn bytes(&self, at: u64, most: usize) -> Vec<u8> {
        let present = self.len().saturating_sub(at);
        let mut bytes = vec![0; usize::try_from(present).map_or(most, |present| present.min(most))];
        let count = self.read_at(at, &mut bytes).unwrap_or(0);
        bytes.truncate(count);
        bytes
    }

    /// Returns the `N` bytes at `at`, if they exist.
    pub(crate) fn array<const N: usize>(&self, at: u64) -> Option<[u8; N]> {
        let mut bytes = [0; N];
        let count = self.read_at(at, &mut bytes).ok()?;
        (count == N).then_some(bytes)
    }

    /// Returns these parts of the file as one stream.
    pub(crate) fn view(&self, parts: Vec<Range<u64>>) -> View<'a> {
        View::new(self.clone(), parts)
    }
}

/// Parts of a file as one stream.
pub(crate) struct View<'a> {
    input: Input<'a>,
    parts: Vec<Range<u64>>,
    /// The position in the stream of the start of each part.
    starts: Vec<u64>,
    length: u64,
    position: u64,
}

impl<'a> View<'a> {
    fn new(input: Input<'a>, parts: Vec<Range<u64>>) -> Self {
        let mut length = 0;
        let starts = parts
            .iter()
            .map(|part| {
                let start = length;
                length += part.end.saturating_sub(part.start);
                start
            })
            .collect();
        Self {
            input,
            parts,
            starts,
            length,
            position: 0,
        }
    }
}

impl Read for View<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.position >= self.length {
            return Ok(0);
        }
        // Parts may be empty, and then several start at one position. The last of them contains it.
        let index = self
            .starts
            .partition_point(|start| *start <= self.position)
            .saturating_sub(1);
        let (part, start) = (&self.parts[index], self.starts[index]);
        let at = part.start + (self.position - start);
        let most = usize::try_from(part.end - at).map_or(into.len(), |rest| rest.min(into.len()));
        let count = self.input.read_at(at, &mut into[..most])?;
        self.position += count as u64;
        Ok(count)
    }
}

impl Seek for View<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let (base, by) = match to {
            SeekFrom::Start(at) => (at, 0),
            SeekFrom::End(by) => (self.length, by),
            SeekFrom::Current(by) => (self.position, by),
        };
        let outside = || io::Error::new(io::ErrorKind::InvalidInput, "the position is before the start");
        self.position = base.checked_add_signed(by).ok_or_else(outside)?;
        Ok(self.position)
    }
}

impl MediaSource for View<'_> {
    fn is_seekable(&self) -> bool {
        true
    }

    fn byte_len(&self) -> Option<u64> {
        Some(self.length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(view: &mut View<'_>) -> Vec<u8> {
        let mut bytes = Vec::new();
        view.read_to_end(&mut bytes).unwrap();
        bytes
    }

    #[test]
    fn parts_are_read_as_one_stream_from_memory_and_from_disk() {
        let mut file = tempfile::tempfile().unwrap();
        io::Write::write_all(&mut file, b"0123456789").unwrap();
        for input in [Input::Memory(b"0123456789"), Input::of_file(file).unwrap()] {
            assert_eq!(input.len(), 10);
            assert_eq!(input.array::<2>(8), Some(*b"89"));
            assert_eq!(input.array::<2>(9), None);
            assert_eq!(input.bytes(7, 100), b"789");
            let mut view = input.view(vec![2..4, 4..4, 8..10, 0..1]);
            assert_eq!(all(&mut view), b"23890");
            view.seek(SeekFrom::Start(3)).unwrap();
            assert_eq!(all(&mut view), b"90");
            view.seek(SeekFrom::End(-4)).unwrap();
            assert_eq!(all(&mut view), b"3890");
        }
    }
}
