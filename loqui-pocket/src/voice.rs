use std::collections::BTreeMap;
use std::io::{Read, Seek};
use std::path::Path;
use std::sync::Arc;

use crate::Error;
use crate::nn::KvCache;
use crate::weights::{Dtype, Entry, SafetensorsFile, write};

/// Metadata key of the model that encoded a voice.
const MODEL_KEY: &str = "loqui_pocket_model";

/// Longest voice that is read, in positions of the language model: 12.5 a second.
const MAX_POSITIONS: usize = 1 << 14;

/// Most layers of a voice that is read.
const MAX_LAYERS: usize = 256;

/// The voice of a speaker: the attention caches of the language model after the sample.
///
/// A voice belongs to the model that encoded it. Encode a sample once and store the result with
/// [`to_bytes`](Self::to_bytes). Clones share their memory.
#[derive(Clone, Debug)]
pub struct Voice {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    caches: Vec<KvCache>,
    /// Fingerprint of the model. Voices stored by the reference have none.
    model: Option<u64>,
}

impl Voice {
    pub(crate) fn new(caches: Vec<KvCache>, model: Option<u64>) -> Self {
        Self {
            inner: Arc::new(Inner { caches, model }),
        }
    }

    /// Returns the caches, if the voice fits a model with caches like `empty` and that fingerprint.
    pub(crate) fn caches(&self, empty: &[KvCache], model: u64) -> Result<&[KvCache], Error> {
        let shape = |caches: &[KvCache]| {
            caches
                .first()
                .map(|cache| (caches.len(), cache.head_count(), cache.head_width()))
        };
        let (voice, expected) = (shape(&self.inner.caches), shape(empty));
        if voice != expected {
            return Err(unusable(format!(
                "its layers, heads and head width are {voice:?}, those of the model {expected:?}; encode the sample again"
            )));
        }
        if self.inner.model.is_some_and(|found| found != model) {
            return Err(unusable(
                "it was encoded by other weights; encode the sample again".to_owned(),
            ));
        }
        Ok(&self.inner.caches)
    }

    /// Returns the number of positions that the voice takes in the language model: 12.5 a second, and one more.
    pub fn positions(&self) -> usize {
        self.inner.caches.first().map_or(0, KvCache::position)
    }

    /// Returns the [`fingerprint`](crate::Model::fingerprint) of the model that encoded the voice. Voices that the
    /// reference package stored have none.
    pub fn fingerprint(&self) -> Option<u64> {
        self.inner.model
    }

    /// Serialises the voice as a safetensors file, which the reference package reads as well.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut entries = Vec::new();
        let positions = self.positions();
        for (layer, cache) in self.inner.caches.iter().enumerate() {
            let name = format!("transformer.layers.{layer}.self_attn");
            let entry = |part: &str, dtype, shape: &[usize], content| Entry {
                name: format!("{name}/{part}"),
                dtype,
                shape: shape.to_vec(),
                bytes: content,
            };
            let shape = [2, 1, positions, cache.head_count(), cache.head_width()];
            entries.push(entry("cache", Dtype::F32, &shape, Content::Cache(cache)));
            entries.push(entry("offset", Dtype::I64, &[1], Content::Integer(positions as u64)));
            entries.push(entry("pad", Dtype::I64, &[1], Content::Integer(0)));
        }
        let mut metadata = BTreeMap::new();
        if let Some(model) = self.inner.model {
            metadata.insert(MODEL_KEY.to_owned(), format!("{model:016x}"));
        }
        let mut out = Vec::new();
        let written = write(&mut out, &entries, &metadata, |content| {
            Ok::<_, std::io::Error>(content.bytes())
        });
        debug_assert!(written.is_ok(), "a vector accepts everything");
        out
    }

    /// Reads a voice that [`to_bytes`](Self::to_bytes) or `pocket-tts export-voice` wrote.
    ///
    /// # Errors
    /// [`Error::Safetensors`] and [`Error::Voice`] for anything else.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        parse(SafetensorsFile::from_bytes("the voice", bytes)?)
    }

    /// Reads a voice from a file.
    ///
    /// # Errors
    /// As [`from_bytes`](Self::from_bytes), and [`Error::Io`].
    pub fn load(path: &Path) -> Result<Self, Error> {
        parse(SafetensorsFile::open(path)?)
    }
}

/// The content of an entry of a stored voice.
enum Content<'a> {
    Cache(&'a KvCache),
    Integer(u64),
}

impl Content<'_> {
    fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Integer(value) => value.to_le_bytes().to_vec(),
            Self::Cache(cache) => {
                let mut values = Vec::new();
                for which in 0..2 {
                    for position in 0..cache.position() {
                        for head in 0..cache.head_count() {
                            cache.get(which, position, head, &mut values);
                        }
                    }
                }
                values.iter().flat_map(|value| value.to_le_bytes()).collect()
            }
        }
    }
}

fn unusable(reason: String) -> Error {
    Error::Voice { reason }
}

fn parse<R: Read + Seek>(mut file: SafetensorsFile<R>) -> Result<Voice, Error> {
    let layers = (0..)
        .take_while(|layer| {
            file.tensors()
                .contains_key(&format!("transformer.layers.{layer}.self_attn/cache"))
        })
        .take(MAX_LAYERS + 1)
        .count();
    if !(1..=MAX_LAYERS).contains(&layers) {
        return Err(unusable(format!("it has {layers} layers")));
    }
    let caches = (0..layers)
        .map(|layer| parse_layer(&mut file, &format!("transformer.layers.{layer}.self_attn")))
        .collect::<Result<Vec<_>, _>>()?;
    if caches.iter().any(|cache| {
        let first = &caches[0];
        cache.position() != first.position()
            || cache.head_count() != first.head_count()
            || cache.head_width() != first.head_width()
    }) {
        return Err(unusable("its layers differ in size".to_owned()));
    }
    let model = match file.metadata().get(MODEL_KEY) {
        None => None,
        Some(text) => {
            let model = u64::from_str_radix(text, 16);
            Some(model.map_err(|_| unusable(format!("{MODEL_KEY} is {text:?}")))?)
        }
    };
    Ok(Voice::new(caches, model))
}

fn parse_layer<R: Read + Seek>(file: &mut SafetensorsFile<R>, name: &str) -> Result<KvCache, Error> {
    let cache = format!("{name}/cache");
    let shape = file
        .tensors()
        .get(&cache)
        .map(|info| info.shape.clone())
        .unwrap_or_default();
    let &[2, 1, capacity, heads, width] = shape.as_slice() else {
        return Err(unusable(format!(
            "{cache} has shape {shape:?}, expected [2, 1, positions, heads, width]"
        )));
    };
    if capacity > MAX_POSITIONS || heads == 0 || heads > 1024 || width == 0 || width > 1024 {
        return Err(unusable(format!("{cache} has shape {shape:?}")));
    }
    let positions = match file.integers(&format!("{name}/offset"))? {
        Some(offset) => offset.first().and_then(|&offset| usize::try_from(offset).ok()),
        // In older files the length of a tensor is the position.
        None => file
            .tensors()
            .get(&format!("{name}/current_end"))
            .and_then(|info| info.shape.first().copied()),
    };
    let positions = positions.filter(|positions| (1..=capacity).contains(positions));
    let Some(positions) = positions else {
        return Err(unusable(format!(
            "{name}/offset is missing or not between 1 and {capacity}"
        )));
    };
    if file
        .integers(&format!("{name}/pad"))?
        .is_some_and(|pad| pad.iter().any(|&pad| pad != 0))
    {
        return Err(unusable(format!("{name}/pad is not zero")));
    }
    let values = file.values(&cache)?;
    let row = heads * width;
    let (keys, rest) = values.split_at(capacity * row);
    let used = |values: &[f32]| values[..positions * row].iter().all(|value| value.is_finite());
    if !used(keys) || !used(rest) {
        return Err(Error::NotFinite { tensor: cache });
    }
    let mut out = KvCache::new(heads, width, None);
    for (key, value) in keys.chunks_exact(row).zip(rest.chunks_exact(row)).take(positions) {
        out.push(key, value);
    }
    Ok(out)
}
