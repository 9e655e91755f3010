//! Checks that the numbers of a configuration fit together, so that other code can rely on them.

use super::{Fields, FlowLmFields, MimiFields, MimiTransformerFields, SeanetFields};

/// Largest width, length or count in a configuration. The published models stay below 5,000.
const MAX: usize = 1 << 16;

fn size(name: &str, value: usize) -> Result<(), String> {
    if (1..=MAX).contains(&value) {
        Ok(())
    } else {
        Err(format!("{name} is {value}, expected 1 to {MAX}"))
    }
}

fn ensure(condition: bool, reason: impl FnOnce() -> String) -> Result<(), String> {
    if condition { Ok(()) } else { Err(reason()) }
}

impl Fields {
    pub(super) fn check(&self) -> Result<(), String> {
        self.flow_lm.check()?;
        self.mimi.check()?;
        ensure((0.0..=10.0).contains(&self.default_temperature), || {
            format!("default_temperature is {}, expected 0 to 10", self.default_temperature)
        })?;
        ensure(self.default_eos_threshold.is_finite(), || {
            "default_eos_threshold is not finite".to_owned()
        })?;
        ensure(self.model_recommended_frames_after_eos.unwrap_or(0) <= MAX, || {
            "model_recommended_frames_after_eos is too large".to_owned()
        })
    }
}

impl FlowLmFields {
    fn check(&self) -> Result<(), String> {
        let transformer = &self.transformer;
        size("flow.dim", self.flow.dim)?;
        size("flow.depth", self.flow.depth)?;
        size("transformer.d_model", transformer.d_model)?;
        size("transformer.num_layers", transformer.num_layers)?;
        size("transformer.max_period", transformer.max_period as usize)?;
        size("the width of the feed-forward layers", transformer.hidden())?;
        size("lookup_table.n_bins", self.lookup_table.n_bins)?;
        size("lookup_table.rank", self.lookup_table.rank.unwrap_or(1))?;
        size("z_dim", self.z_dim.unwrap_or(1))?;
        heads(transformer.attention_width(), transformer.num_heads)?;
        size("transformer.num_kv_heads", transformer.key_heads())?;
        ensure(transformer.num_heads.is_multiple_of(transformer.key_heads()), || {
            format!(
                "{} heads cannot share {}",
                transformer.num_heads,
                transformer.key_heads()
            )
        })?;
        ensure(self.lookup_table.dim == transformer.d_model, || {
            format!(
                "lookup_table.dim is {}, d_model is {}",
                self.lookup_table.dim, transformer.d_model
            )
        })
    }
}

fn heads(width: usize, heads: usize) -> Result<(), String> {
    size("the width of the attention", width)?;
    size("num_heads", heads)?;
    ensure(width.is_multiple_of(heads) && (width / heads).is_multiple_of(2), || {
        format!("an attention of width {width} cannot have {heads} heads of even width")
    })
}

impl MimiFields {
    fn check(&self) -> Result<(), String> {
        size("sample_rate", self.sample_rate as usize / 16)?;
        ensure(self.channels == 1, || format!("{} channels, expected 1", self.channels))?;
        let (encoder, decoder) = (&self.seanet, self.decoder_seanet());
        encoder.check()?;
        decoder.check()?;
        let frame = f64::from(self.sample_rate) / self.frame_rate;
        ensure((1.0..=1e6).contains(&frame) && frame.fract() == 0.0, || {
            format!(
                "frame_rate {} does not divide sample_rate {}",
                self.frame_rate, self.sample_rate
            )
        })?;
        ensure(encoder.hop() == decoder.hop(), || {
            "the ratios of encoder and decoder differ".to_owned()
        })?;
        ensure(
            self.frame().is_multiple_of(encoder.hop()) && self.frame() > encoder.hop(),
            || {
                format!(
                    "a frame of {} samples is not a multiple of the hop of {}",
                    self.frame(),
                    encoder.hop()
                )
            },
        )?;
        self.transformer.check(encoder.dimension)?;
        self.decoder_transformer().check(decoder.dimension)?;
        size("quantizer.dimension", self.quantizer.dimension)?;
        size("inner_dim", self.inner())?;
        ensure(
            self.outer() == decoder.dimension && self.quantizer.output_dimension == decoder.dimension,
            || {
                format!(
                    "quantizer.output_dimension {} and outer_dim {} differ from the {} channels of the decoder",
                    self.quantizer.output_dimension,
                    self.outer(),
                    decoder.dimension
                )
            },
        )
    }
}

impl SeanetFields {
    fn check(&self) -> Result<(), String> {
        size("seanet.dimension", self.dimension)?;
        size("seanet.kernel_size", self.kernel_size)?;
        size("seanet.residual_kernel_size", self.residual_kernel_size)?;
        size("seanet.last_kernel_size", self.last_kernel_size)?;
        size("seanet.n_filters", self.n_filters)?;
        ensure(self.channels == 1, || {
            format!("seanet.channels is {}, expected 1", self.channels)
        })?;
        ensure(self.pad_mode == "constant", || {
            format!("seanet.pad_mode is {:?}, expected \"constant\"", self.pad_mode)
        })?;
        ensure((1..=8).contains(&self.ratios.len()), || {
            "seanet.ratios needs 1 to 8 values".to_owned()
        })?;
        ensure(self.ratios.iter().all(|ratio| (1..=64).contains(ratio)), || {
            "seanet.ratios may be 1 to 64".to_owned()
        })?;
        ensure(self.hop() <= MAX, || "seanet.ratios multiply to too much".to_owned())?;
        ensure(self.n_residual_layers <= 8, || {
            "seanet.n_residual_layers may be 0 to 8".to_owned()
        })?;
        size("the widest layer of seanet", self.n_filters << self.ratios.len())?;
        size("seanet.dilation_base", self.dilation_base)?;
        let dilation = self
            .dilation_base
            .saturating_pow(self.n_residual_layers.saturating_sub(1) as u32);
        size("the widest dilation of seanet", dilation)?;
        size("seanet.compress", self.compress)?;
        ensure(self.n_filters.is_multiple_of(self.compress), || {
            format!(
                "seanet.n_filters {} is not a multiple of compress {}",
                self.n_filters, self.compress
            )
        })
    }
}

impl MimiTransformerFields {
    fn check(&self, channels: usize) -> Result<(), String> {
        heads(self.d_model, self.num_heads)?;
        size("num_layers", self.num_layers)?;
        size("context", self.context)?;
        size("dim_feedforward", self.dim_feedforward)?;
        ensure(self.max_period.is_finite() && self.max_period > 1.0, || {
            format!("max_period is {}", self.max_period)
        })?;
        ensure(
            self.input_dimension == channels && self.output_dimensions == [channels],
            || format!("a codec transformer does not fit the {channels} channels next to it"),
        )
    }
}
