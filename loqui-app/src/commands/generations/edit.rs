//! `loqui generations edit`: changes sentences of a finished generation, and makes a new one.

use std::str::FromStr;

use loqui_core::{Edit, Error, GenerationId, Loqui};

use super::{check, find, wait};
use crate::cast;
use crate::code;
use crate::export::ExportFlags;
use crate::failure::Failure;
use crate::target::OutputFlags;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// ID of the generation
    id: GenerationId,

    /// Give sentence N another text. `loqui generations show ID` prints the numbers. `[anna]: ...` also changes the voice
    #[arg(long, num_args = 2, value_names = ["N", "TEXT"], allow_hyphen_values = true)]
    sentence: Vec<String>,

    /// Insert text after sentence N; 0 is the beginning
    #[arg(long, num_args = 2, value_names = ["N", "TEXT"], allow_hyphen_values = true)]
    insert: Vec<String>,

    /// Move sentence N behind sentence M; 0 is the beginning
    #[arg(long = "move", num_args = 2, value_names = ["N", "M"])]
    moved: Vec<String>,

    /// Delete sentence N
    #[arg(long, value_name = "N")]
    delete: Vec<u32>,

    /// Speak sentence N again
    #[arg(long, value_name = "N")]
    retake: Vec<u32>,

    /// Choose take T of sentence N
    #[arg(long, value_name = "N=T")]
    pick: Vec<String>,

    /// The most the edit may cost
    #[arg(long, value_name = "USD")]
    budget: Option<f64>,

    #[command(flatten)]
    output: OutputFlags,

    #[command(flatten)]
    export: ExportFlags,
}

impl Arguments {
    /// The changes: texts first, then insertions, moves, deletions, and takes.
    fn edits(&self) -> Result<Vec<Edit>, Failure> {
        let mut edits = Vec::new();
        for (sentence, text) in pairs(&self.sentence) {
            let (sentence, text) = (number(sentence)?, text.to_owned());
            edits.push(Edit::Change {
                sentence,
                text,
                voice: None,
            });
        }
        for (after, text) in pairs(&self.insert) {
            let (after, text) = (number(after)?, text.to_owned());
            edits.push(Edit::Insert {
                after,
                text,
                voice: None,
            });
        }
        for (sentence, after) in pairs(&self.moved) {
            let (sentence, after) = (number(sentence)?, number(after)?);
            edits.push(Edit::Move { sentence, after });
        }
        edits.extend(self.delete.iter().map(|sentence| Edit::Delete { sentence: *sentence }));
        edits.extend(self.retake.iter().map(|sentence| Edit::Retake { sentence: *sentence }));
        for written in &self.pick {
            let (sentence, take) = written
                .split_once('=')
                .ok_or_else(|| wrong(format!("--pick {written}: it must be N=T")))?;
            let (sentence, take) = (number(sentence)?, number(take)?);
            edits.push(Edit::Pick { sentence, take });
        }
        if edits.is_empty() {
            return Err(wrong("no change is given".to_owned()));
        }
        Ok(edits)
    }
}

pub(super) async fn run(loqui: &Loqui, arguments: Arguments, json: bool) -> Result<(), Failure> {
    let edits = arguments.edits()?;
    let (output, export) = (&arguments.output, &arguments.export);
    check(output, export)?;
    let mut request = find(loqui, arguments.id).await?.edit(edits);
    if let Some(budget) = arguments.budget {
        request = request.budget(budget);
    }
    let generation = request.await.map_err(cast::refused)?;
    wait(loqui, generation.id(), output, export, json).await
}

fn pairs(values: &[String]) -> impl Iterator<Item = (&str, &str)> {
    let (pairs, _) = values.as_chunks::<2>();
    pairs.iter().map(|[one, two]| (one.as_str(), two.as_str()))
}

fn number(written: &str) -> Result<u32, Failure> {
    u32::from_str(written.trim()).map_err(|_| wrong(format!("{written:?} is not the number of a sentence")))
}

fn wrong(message: String) -> Failure {
    let hint = "For example `--sentence 3 \"Another text.\"`, `--retake 3` or `--pick 3=1`. \
                `loqui generations show ID` prints the numbers.";
    Failure::wrong_use(Error::new(&code::USAGE, message).with_hint(hint))
}
