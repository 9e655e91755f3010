use std::io;
use std::path::PathBuf;

/// The reason why a model, a voice or a text cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file could not be read or written.
    #[error("cannot access {}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The error of the operating system.
        source: io::Error,
    },

    /// A model folder lacks a file.
    #[error("no {file} in {}", folder.display())]
    MissingFile {
        /// The missing file, for instance `model.safetensors`.
        file: &'static str,
        /// The model folder.
        folder: PathBuf,
    },

    /// A folder holds no `config.json`, and its name is not that of a built-in configuration.
    #[error("unknown configuration {name:?}; add a config.json or use one of: {known}")]
    UnknownConfig {
        /// The name that was looked up.
        name: String,
        /// The built-in names, separated by commas.
        known: String,
    },

    /// A configuration cannot be parsed, or its numbers do not fit together.
    #[error("invalid configuration {name}: {reason}")]
    Config {
        /// The configuration.
        name: String,
        /// The problem.
        reason: String,
    },

    /// A file is not a valid safetensors file.
    #[error("{name} is not a valid safetensors file: {reason}")]
    Safetensors {
        /// The file.
        name: String,
        /// The problem.
        reason: String,
    },

    /// The weights lack a tensor that the configuration needs.
    #[error("the weights have no tensor {tensor}; configuration {config} belongs to another model")]
    MissingTensor {
        /// The tensor.
        tensor: String,
        /// The configuration.
        config: String,
    },

    /// The weights have a tensor that the configuration does not use.
    #[error("configuration {config} does not use tensor {tensor}; it belongs to another model")]
    UnexpectedTensor {
        /// The tensor.
        tensor: String,
        /// The configuration.
        config: String,
    },

    /// A tensor has a shape other than that of the configuration.
    #[error("tensor {tensor} has shape {found:?}, but configuration {config} expects {expected:?}")]
    Shape {
        /// The tensor.
        tensor: String,
        /// The shape that the configuration expects.
        expected: Vec<usize>,
        /// The shape in the file.
        found: Vec<usize>,
        /// The configuration.
        config: String,
    },

    /// A tensor has a number format that this crate does not read.
    #[error("tensor {tensor} has type {dtype}; expected F32, F16, BF16 or the 8-bit blocks of this crate")]
    Dtype {
        /// The tensor.
        tensor: String,
        /// The type in the file.
        dtype: String,
    },

    /// A tensor holds a value that is infinite or not a number.
    #[error("tensor {tensor} holds a value that is not finite")]
    NotFinite {
        /// The tensor.
        tensor: String,
    },

    /// The tokenizer cannot be read, or does not belong to the configuration.
    #[error("invalid tokenizer {}: {reason}", path.display())]
    Tokenizer {
        /// The tokenizer file.
        path: PathBuf,
        /// The problem.
        reason: String,
    },

    /// The model cannot encode a new voice: it was loaded without the voice encoder, or its weights have none.
    #[error("the model cannot encode voices: {reason}")]
    NoVoiceEncoder {
        /// The reason why the voice encoder is missing.
        reason: &'static str,
    },

    /// The sample of a voice cannot be encoded.
    #[error("unusable voice sample: {reason}")]
    Sample {
        /// The problem.
        reason: String,
    },

    /// A stored voice is damaged, or was made by another model.
    #[error("unusable stored voice: {reason}")]
    Voice {
        /// The problem.
        reason: String,
    },

    /// The text is blank.
    #[error("the text is empty")]
    EmptyText,

    /// A setting is out of range.
    #[error("invalid setting {name}: {reason}")]
    Setting {
        /// The setting.
        name: &'static str,
        /// The range of valid values.
        reason: &'static str,
    },

    /// The network produced a value that is not finite, which means that the weights or the voice are damaged.
    #[error("the network produced a value that is not finite in frame {frame}; the weights or the voice are damaged")]
    Diverged {
        /// Number of the frame in its chunk, from 0.
        frame: usize,
    },
}
