//! English: each token is classified once, as a whole, and converted to words.

mod abbreviation;
mod address;
mod capitals;
mod chunk;
mod composite;
mod context;
mod date;
mod electronic;
mod fold;
mod formula;
mod fraction;
mod joining;
mod math;
mod measure;
mod money;
mod number;
mod reader;
mod roman;
mod rules;
mod scan;
mod serial;
mod telephone;
mod time;
mod units;
mod window;

pub(crate) use reader::read;
