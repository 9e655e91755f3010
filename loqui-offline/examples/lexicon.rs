//! Writes `data/lexicon.bin` from the dictionaries in the crate `loqui-g2p`. `cargo xtask generate` runs it.
//!
//! `cargo run -p loqui-offline --example lexicon -- FOLDER OUT`, where the folder contains `misaki-us_gold.json` and
//! `misaki-us_silver.json`.
//!
//! The format of the file:
//!
//! * a line with the phoneme alphabet, and a line with the parts of speech;
//! * for each dictionary the number of blocks, the offset of each block, the number of bytes of all blocks, and the blocks.
//!   Numbers have four bytes, little-endian.
//!
//! A block has sixteen words, the last one of a dictionary may have fewer. An entry has the number of bytes shared with the
//! previous word (0 at the start of a block), the number of other bytes, and these bytes. Then it has either the length of
//! the pronunciation and the indices of the phonemes in the alphabet, or 255, the number of pronunciations, and for each the
//! index of its part of speech, its length (255 for none) and its phonemes.

#![expect(clippy::print_stdout, reason = "an example prints its results")]

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fs;
use std::path::Path;

use serde_json::Value;

const BLOCK: usize = 16;

type AnyError = Box<dyn Error>;
type Words = BTreeMap<String, Vec<(Option<String>, Option<String>)>>;

fn main() -> Result<(), AnyError> {
    let mut arguments = std::env::args().skip(1);
    let (Some(folder), Some(out)) = (arguments.next(), arguments.next()) else {
        return Err("give the folder of the dictionaries and the file to write".into());
    };
    let dictionaries = [read(&folder, "gold")?, read(&folder, "silver")?];
    let readings = || dictionaries.iter().flat_map(BTreeMap::values).flatten();
    let alphabet: BTreeSet<char> = readings()
        .filter_map(|(_, phonemes)| phonemes.as_deref())
        .flat_map(str::chars)
        .collect();
    let tags: BTreeSet<&str> = readings().filter_map(|(tag, _)| tag.as_deref()).collect();
    let alphabet: Vec<char> = alphabet.into_iter().collect();
    let tags: Vec<&str> = tags.into_iter().collect();
    let mut file = format!("{}\n{}\n", String::from_iter(&alphabet), tags.join(" ")).into_bytes();
    for words in &dictionaries {
        let (blocks, bytes) = packed(words, &alphabet, &tags)?;
        file.extend(u32::try_from(blocks.len())?.to_le_bytes());
        for place in blocks {
            file.extend(u32::try_from(place)?.to_le_bytes());
        }
        file.extend(u32::try_from(bytes.len())?.to_le_bytes());
        file.extend(bytes);
    }
    println!(
        "{} words in {} bytes",
        dictionaries.iter().map(BTreeMap::len).sum::<usize>(),
        file.len()
    );
    fs::write(out, file)?;
    Ok(())
}

fn read(folder: &str, name: &str) -> Result<Words, AnyError> {
    let json = fs::read_to_string(Path::new(folder).join(format!("misaki-us_{name}.json")))?;
    let words: BTreeMap<String, Value> = serde_json::from_str(&json)?;
    words
        .into_iter()
        .map(|(word, value)| {
            let readings = match value {
                Value::String(phonemes) => vec![(None, Some(phonemes))],
                Value::Object(readings) => readings
                    .into_iter()
                    .map(|(tag, phonemes)| (Some(tag), phonemes.as_str().map(str::to_owned)))
                    .collect(),
                other => return Err(format!("{word}: {other}").into()),
            };
            Ok((word, readings))
        })
        .collect()
}

/// Returns the offsets of the blocks, and the blocks.
fn packed(words: &Words, alphabet: &[char], tags: &[&str]) -> Result<(Vec<usize>, Vec<u8>), AnyError> {
    let (mut blocks, mut bytes) = (Vec::new(), Vec::new());
    let mut before: &[u8] = &[];
    for (index, (word, readings)) in words.iter().enumerate() {
        let word = word.as_bytes();
        if index % BLOCK == 0 {
            blocks.push(bytes.len());
            before = &[];
        }
        let shared = word.iter().zip(before).take_while(|(one, other)| one == other).count();
        bytes.push(u8::try_from(shared)?);
        bytes.push(u8::try_from(word.len() - shared)?);
        bytes.extend(&word[shared..]);
        before = word;
        if readings[0].0.is_some() {
            bytes.extend([u8::MAX, u8::try_from(readings.len())?]);
        }
        for (tag, phonemes) in readings {
            if let Some(tag) = tag {
                bytes.push(place(tags, &tag.as_str())?);
            }
            let Some(phonemes) = phonemes else {
                bytes.push(u8::MAX);
                continue;
            };
            let places: Vec<u8> = phonemes
                .chars()
                .map(|phoneme| place(alphabet, &phoneme))
                .collect::<Result<_, _>>()?;
            match u8::try_from(places.len())? {
                u8::MAX => return Err(format!("{phonemes} is too long").into()),
                length => bytes.push(length),
            }
            bytes.extend(places);
        }
    }
    Ok((blocks, bytes))
}

fn place<T: PartialEq>(all: &[T], one: &T) -> Result<u8, AnyError> {
    let place = all.iter().position(|other| other == one).ok_or("it is not listed")?;
    Ok(u8::try_from(place)?)
}
