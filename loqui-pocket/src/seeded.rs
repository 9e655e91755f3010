//! Weights that are a function of the tensor names. `tests/golden/make.py` computes the same.

use std::collections::BTreeMap;
use std::io::{self, BufWriter, Write as _};
use std::path::Path;

use crate::Config;
use crate::config::{FlowKind, MimiTransformerFields, SeanetFields};
use crate::weights::{Dtype, Entry, round, widen, write};

pub(crate) fn name_hash(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// Values in -1..1.
pub(crate) fn uniform(name: &str, count: usize) -> impl Iterator<Item = f32> {
    let start = name_hash(name);
    (1..=count as u64).map(move |index| {
        let mut z = start.wrapping_add(index.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        (z >> 40) as f32 / 8_388_608.0 - 1.0
    })
}

/// The weights of a tensor, rounded to bfloat16.
fn seeded(name: &str, shape: &[usize]) -> Vec<u16> {
    let ends = |suffixes: &[&str]| suffixes.iter().any(|suffix| name.ends_with(suffix));
    let (centre, scale) = if ends(&["freqs"]) {
        (0.5, 0.5)
    } else if ends(&[".alpha", "emb_std"]) || (shape.len() == 1 && ends(&[".weight"])) {
        (1.0, 0.1)
    } else if name.contains(".layer_scale_") {
        (0.3, 0.1)
    } else if ends(&["bos_emb", "bos_before_voice", "embed.weight"]) {
        (0.0, 1.0)
    } else if shape.len() > 1 {
        let fan = if name.contains(".convtr.") {
            2 * if shape[1] > 1 { shape[0] } else { 1 }
        } else {
            shape[1..].iter().product()
        };
        (0.0, (3.0 / fan as f64).sqrt() as f32)
    } else {
        (0.0, 0.1)
    };
    uniform(name, shape.iter().product())
        .map(|x| round(centre + scale * x))
        .collect()
}

/// Names and shapes of all tensors of a model.
pub(crate) fn tensors(config: &Config) -> Vec<(String, Vec<usize>)> {
    let fields = &config.fields;
    let lm = &fields.flow_lm;
    let (width, latent) = (lm.transformer.d_model, fields.mimi.quantizer.dimension);
    let condition = lm.z_dim.unwrap_or(width);
    let mut out = Vec::new();
    let mut add = |name: &str, shape: &[usize]| out.push((name.to_owned(), shape.to_vec()));
    add("flow_lm.bos_emb", &[latent]);
    if lm.insert_bos_before_voice {
        add("flow_lm.bos_before_voice", &[1, 1, width]);
    }
    add("flow_lm.speaker_proj_weight", &[width, fields.mimi.inner()]);
    add("flow_lm.emb_std", &[latent]);
    add("flow_lm.emb_mean", &[latent]);
    add(
        "flow_lm.conditioner.embed.weight",
        &[lm.lookup_table.n_bins + 1, lm.lookup_table.rank.unwrap_or(width)],
    );
    if let Some(rank) = lm.lookup_table.rank {
        add("flow_lm.conditioner.proj.weight", &[width, rank]);
    }
    let flow = lm.flow.dim;
    let mut linear = |name: &str, outputs: usize, inputs: usize| {
        add(&format!("flow_lm.flow_net.{name}.weight"), &[outputs, inputs]);
        add(&format!("flow_lm.flow_net.{name}.bias"), &[outputs]);
    };
    linear("cond_embed", flow, condition);
    linear("input_proj", flow, latent);
    linear("final_layer.linear", latent, flow);
    linear("final_layer.adaLN_modulation.1", 2 * flow, flow);
    for block in 0..lm.flow.depth {
        linear(&format!("res_blocks.{block}.mlp.0"), flow, flow);
        linear(&format!("res_blocks.{block}.mlp.2"), flow, flow);
        linear(&format!("res_blocks.{block}.adaLN_modulation.1"), 3 * flow, flow);
    }
    let times = if lm.flow.kind == FlowKind::Lsd { 2 } else { 0 };
    for time in 0..times {
        linear(&format!("time_embed.{time}.mlp.0"), flow, 256);
        linear(&format!("time_embed.{time}.mlp.2"), flow, flow);
    }
    for time in 0..times {
        add(&format!("flow_lm.flow_net.time_embed.{time}.freqs"), &[128]);
        add(&format!("flow_lm.flow_net.time_embed.{time}.mlp.3.alpha"), &[flow]);
    }
    for block in 0..lm.flow.depth {
        add(&format!("flow_lm.flow_net.res_blocks.{block}.in_ln.weight"), &[flow]);
        add(&format!("flow_lm.flow_net.res_blocks.{block}.in_ln.bias"), &[flow]);
    }
    add("flow_lm.input_linear.weight", &[width, latent]);
    add("flow_lm.out_norm.weight", &[width]);
    add("flow_lm.out_norm.bias", &[width]);
    if let Some(z) = lm.z_dim {
        add("flow_lm.z_proj.weight", &[z, width]);
    }
    add("flow_lm.out_eos.weight", &[1, condition]);
    add("flow_lm.out_eos.bias", &[1]);
    let attention = lm.transformer.attention_width();
    let keys = attention / lm.transformer.num_heads * lm.transformer.key_heads();
    for layer in 0..lm.transformer.num_layers {
        let name = format!("flow_lm.transformer.layers.{layer}");
        layer_tensors(&mut add, &name, width, attention, keys, lm.transformer.hidden());
    }
    let mimi = &fields.mimi;
    add("mimi.quantizer.output_proj.weight", &[mimi.outer(), latent, 1]);
    let taps = 2 * mimi.resampling();
    add(
        "mimi.downsample.conv.conv.weight",
        &[mimi.inner(), mimi.seanet.dimension, taps],
    );
    add("mimi.upsample.convtr.convtr.weight", &[mimi.outer(), 1, taps]);
    codec_transformer(&mut add, "mimi.encoder_transformer", &mimi.transformer);
    codec_transformer(&mut add, "mimi.decoder_transformer", mimi.decoder_transformer());
    seanet_encoder(&mut add, &mimi.seanet);
    seanet_decoder(&mut add, mimi.decoder_seanet());
    out
}

fn layer_tensors(
    add: &mut impl FnMut(&str, &[usize]),
    name: &str,
    width: usize,
    attention: usize,
    keys: usize,
    hidden: usize,
) {
    add(
        &format!("{name}.self_attn.in_proj.weight"),
        &[attention + 2 * keys, width],
    );
    add(&format!("{name}.self_attn.out_proj.weight"), &[width, attention]);
    add(&format!("{name}.linear1.weight"), &[hidden, width]);
    add(&format!("{name}.linear2.weight"), &[width, hidden]);
    for norm in ["norm1.weight", "norm1.bias", "norm2.weight", "norm2.bias"] {
        add(&format!("{name}.{norm}"), &[width]);
    }
}

fn codec_transformer(add: &mut impl FnMut(&str, &[usize]), name: &str, fields: &MimiTransformerFields) {
    let width = fields.d_model;
    if width != fields.input_dimension {
        add(&format!("{name}.input_proj.weight"), &[width, fields.input_dimension]);
        add(
            &format!("{name}.output_projs.0.weight"),
            &[fields.input_dimension, width],
        );
    }
    for layer in 0..fields.num_layers {
        let name = format!("{name}.transformer.layers.{layer}");
        layer_tensors(add, &name, width, width, width, fields.dim_feedforward);
        add(&format!("{name}.layer_scale_1.scale"), &[width]);
        add(&format!("{name}.layer_scale_2.scale"), &[width]);
    }
}

fn conv(add: &mut impl FnMut(&str, &[usize]), name: &str, outputs: usize, inputs: usize, taps: usize) {
    add(&format!("{name}.weight"), &[outputs, inputs, taps]);
    add(&format!("{name}.bias"), &[outputs]);
}

fn residual(add: &mut impl FnMut(&str, &[usize]), name: &str, channels: usize, taps: usize) {
    conv(add, &format!("{name}.block.1.conv"), channels / 2, channels, taps);
    conv(add, &format!("{name}.block.3.conv"), channels, channels / 2, 1);
}

fn seanet_encoder(add: &mut impl FnMut(&str, &[usize]), fields: &SeanetFields) {
    let name = |index: usize| format!("mimi.encoder.model.{index}");
    let mut channels = fields.n_filters;
    conv(add, &format!("{}.conv", name(0)), channels, 1, fields.kernel_size);
    for (index, ratio) in fields.ratios.iter().rev().enumerate() {
        residual(add, &name(3 * index + 1), channels, fields.residual_kernel_size);
        conv(
            add,
            &format!("{}.conv", name(3 * index + 3)),
            2 * channels,
            channels,
            2 * ratio,
        );
        channels *= 2;
    }
    let last = 3 * fields.ratios.len() + 2;
    conv(
        add,
        &format!("{}.conv", name(last)),
        fields.dimension,
        channels,
        fields.last_kernel_size,
    );
}

fn seanet_decoder(add: &mut impl FnMut(&str, &[usize]), fields: &SeanetFields) {
    let name = |index: usize| format!("mimi.decoder.model.{index}");
    let mut channels = fields.n_filters << fields.ratios.len();
    conv(
        add,
        &format!("{}.conv", name(0)),
        channels,
        fields.dimension,
        fields.kernel_size,
    );
    for (index, ratio) in fields.ratios.iter().enumerate() {
        add(
            &format!("{}.convtr.weight", name(3 * index + 2)),
            &[channels, channels / 2, 2 * ratio],
        );
        channels /= 2;
        add(&format!("{}.convtr.bias", name(3 * index + 2)), &[channels]);
        residual(add, &name(3 * index + 3), channels, fields.residual_kernel_size);
    }
    let last = 3 * fields.ratios.len() + 2;
    conv(
        add,
        &format!("{}.conv", name(last)),
        1,
        channels,
        fields.last_kernel_size,
    );
}

/// Configuration of a shape that takes milliseconds.
const TINY: &str = include_str!("../tests/golden/tiny.json");

/// A tokenizer with 520 entries that keeps the text as it is.
const TOKENIZER: &[u8] = include_bytes!("../tests/golden/identity.model");

/// Writes the files of a model of a shape that takes milliseconds.
pub(crate) fn write_tiny(folder: &Path) -> io::Result<()> {
    std::fs::write(folder.join("config.json"), TINY)?;
    std::fs::write(folder.join("tokenizer.model"), TOKENIZER)?;
    let config = Config::from_json("tiny", TINY).map_err(io::Error::other)?;
    write_model(&folder.join("model.safetensors"), &config, Dtype::F32)
}

/// A model folder of a shape that takes milliseconds.
#[cfg(test)]
pub(crate) fn tiny_folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    write_tiny(folder.path()).unwrap();
    folder
}

/// Writes a model with seeded weights.
pub(crate) fn write_model(path: &Path, config: &Config, dtype: Dtype) -> io::Result<()> {
    let entries: Vec<_> = tensors(config)
        .into_iter()
        .map(|(name, shape)| Entry {
            bytes: (name.clone(), shape.clone()),
            name,
            dtype,
            shape,
        })
        .collect();
    let mut out = BufWriter::new(std::fs::File::create(path)?);
    write(&mut out, &entries, &BTreeMap::new(), |(name, shape)| {
        let bits = seeded(name, shape);
        Ok::<_, io::Error>(match dtype {
            Dtype::F32 => bits.iter().flat_map(|&bits| widen(bits).to_le_bytes()).collect(),
            Dtype::F16 => bits.iter().flat_map(|&bits| half(widen(bits)).to_le_bytes()).collect(),
            _ => bits.iter().flat_map(|bits| bits.to_le_bytes()).collect(),
        })
    })?;
    out.flush()
}

/// Converts to half precision, cutting what does not fit.
fn half(value: f32) -> u16 {
    let bits = value.to_bits();
    let sign = ((bits >> 16) & 0x8000) as u16;
    let scaled = (f32::from_bits(bits & 0x7fff_ffff) * 16_777_216.0) as u32;
    if scaled < 1024 {
        return sign | scaled as u16;
    }
    let exponent = ((bits >> 23) & 0xff) - 112;
    sign | ((exponent << 10) | ((bits >> 13) & 0x3ff)) as u16
}
