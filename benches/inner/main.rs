//! Inner loops of a generation: `cargo bench --bench inner`.

use criterion::{Criterion, criterion_group, criterion_main};
use loqui_core::audio::{Limits as AudioLimits, decode, decode_speech};
use loqui_core::script::{Boundary, Limits, Script};
use loqui_core::speech::stitch;

const VOICE: &[u8] = include_bytes!("../../tests/voices/heart.mp3");

fn sample(bencher: &mut Criterion) {
    bencher.bench_function("decode 14 s of MP3", |bench| {
        bench.iter(|| decode(VOICE, &AudioLimits::default()).map(|decoded| decoded.frames()));
    });
    bencher.bench_function("check 14 s of MP3", |bench| {
        bench.iter(|| loqui_core::sample::check(VOICE).usable);
    });
}

fn script(bencher: &mut Criterion) {
    let text = "She sells sea shells by the shore, and they are quite sure of it. ".repeat(76);
    bencher.bench_function("split 5,000 characters", |bench| {
        bench.iter(|| Script::parse(&text, &Limits::default(), Some("en")).map(|script| script.segments().len()));
    });
}

fn speech(bencher: &mut Criterion) {
    let Ok(take) = decode_speech(VOICE) else { return };
    let takes = vec![(take, Boundary::Sentence.pause()); 4];
    bencher.bench_function("join 56 s of speech", |bench| {
        bench.iter(|| stitch(&takes).map(|joined| joined.clip.len()));
    });
}

criterion_group!(inner, sample, script, speech);
criterion_main!(inner);
