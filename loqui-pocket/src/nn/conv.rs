//! Causal convolutions that keep their history between calls.

use crate::Error;
use crate::kernel::{Finish, Matrix, Rows};
use crate::weights::{Loader, taps_first};

/// A convolution. With rows of channels its windows are overlapping slices, so it is a plain matrix product.
#[derive(Debug)]
pub(crate) struct Conv {
    matrix: Matrix,
    bias: Option<Vec<f32>>,
    channels: usize,
    taps: usize,
    stride: usize,
    dilation: usize,
    /// Fill the history before the first row with copies of it, instead of zeros.
    replicate: bool,
}

/// Sizes of a convolution.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ConvShape {
    pub(crate) channels: usize,
    pub(crate) outputs: usize,
    pub(crate) taps: usize,
    pub(crate) stride: usize,
    pub(crate) dilation: usize,
}

/// Inputs that a convolution needs again. Empty before the first call.
#[derive(Clone, Debug, Default)]
pub(crate) struct ConvState {
    window: Vec<f32>,
    gathered: Vec<f32>,
}

impl ConvShape {
    pub(crate) fn new(channels: usize, outputs: usize, taps: usize) -> Self {
        Self {
            channels,
            outputs,
            taps,
            stride: 1,
            dilation: 1,
        }
    }

    fn span(&self) -> usize {
        (self.taps - 1) * self.dilation + 1
    }
}

impl Conv {
    pub(crate) fn load(loader: &mut Loader, name: &str, shape: ConvShape) -> Result<Self, Error> {
        let bias = loader.vector(&format!("{name}.bias"), shape.outputs)?;
        Self::build(loader, name, shape, Some(bias), false)
    }

    pub(crate) fn load_replicating(loader: &mut Loader, name: &str, shape: ConvShape) -> Result<Self, Error> {
        Self::build(loader, name, shape, None, true)
    }

    fn build(
        loader: &mut Loader,
        name: &str,
        shape: ConvShape,
        bias: Option<Vec<f32>>,
        replicate: bool,
    ) -> Result<Self, Error> {
        let ConvShape {
            channels,
            outputs,
            taps,
            stride,
            dilation,
        } = shape;
        debug_assert!(shape.span() >= stride, "checked by the configuration");
        let kernel = loader
            .tensor(&format!("{name}.weight"), &[outputs, channels, taps])?
            .into_f32();
        Ok(Self {
            matrix: Matrix::from_f32(&taps_first(&kernel, channels, taps), outputs, taps * channels),
            bias,
            channels,
            taps,
            stride,
            dilation,
            replicate,
        })
    }

    /// Appends `rows` and writes one output row for every `stride` of them.
    ///
    /// `before` changes the appended values first, for instance by an activation.
    pub(crate) fn apply(
        &self,
        rows: &[f32],
        state: &mut ConvState,
        out: &mut Vec<f32>,
        before: impl FnOnce(&mut [f32]),
    ) {
        let outputs = rows.len() / self.channels / self.stride;
        out.clear();
        out.resize(outputs * self.matrix.outputs(), 0.0);
        self.run(rows, state, out, before, false);
    }

    /// Like [`apply`](Self::apply), but adds to `out`.
    pub(crate) fn add(&self, rows: &[f32], state: &mut ConvState, out: &mut [f32], before: impl FnOnce(&mut [f32])) {
        self.run(rows, state, out, before, true);
    }

    fn run(&self, rows: &[f32], state: &mut ConvState, out: &mut [f32], before: impl FnOnce(&mut [f32]), add: bool) {
        let history = ((self.taps - 1) * self.dilation + 1 - self.stride) * self.channels;
        if state.window.len() < history {
            state.window.clear();
            if self.replicate {
                let first = &rows[..self.channels];
                state.window.extend(first.iter().cycle().take(history));
            } else {
                state.window.resize(history, 0.0);
            }
        }
        state.window.extend_from_slice(rows);
        before(&mut state.window[history..]);
        let steps = rows.len() / self.channels / self.stride;
        let finish = Finish {
            bias: self.bias.as_deref(),
            scale: None,
            add,
        };
        let left = if self.dilation == 1 {
            Rows {
                values: &state.window,
                stride: self.stride * self.channels,
                count: steps,
            }
        } else {
            state.gathered.clear();
            for step in 0..steps {
                for tap in 0..self.taps {
                    let row = step * self.stride + tap * self.dilation;
                    state
                        .gathered
                        .extend_from_slice(&state.window[row * self.channels..][..self.channels]);
                }
            }
            Rows::dense(&state.gathered, self.taps * self.channels)
        };
        self.matrix.apply(left, out, finish);
        let used = state.window.len() - history;
        state.window.copy_within(used.., 0);
        state.window.truncate(history);
    }
}

/// A transposed convolution whose kernel is twice its stride. Each output block depends on two input rows, so it is
/// the product of overlapping pairs of rows with a matrix whose columns are the samples of a block.
#[derive(Debug)]
pub(crate) struct Upconv {
    conv: Conv,
}

impl Upconv {
    pub(crate) fn load(
        loader: &mut Loader,
        name: &str,
        channels: usize,
        outputs: usize,
        stride: usize,
    ) -> Result<Self, Error> {
        let kernel = loader
            .tensor(&format!("{name}.weight"), &[channels, outputs, 2 * stride])?
            .into_f32();
        let bias = loader.vector(&format!("{name}.bias"), outputs)?;
        // Row of the matrix: the earlier input row against the second half of the kernel, then the later one
        // against the first half.
        let mut weights = Vec::with_capacity(kernel.len());
        for phase in 0..stride {
            for output in 0..outputs {
                for half in [stride, 0] {
                    let taps = (0..channels).map(|channel| (channel * outputs + output) * 2 * stride + half + phase);
                    weights.extend(taps.map(|index| kernel[index]));
                }
            }
        }
        Ok(Self {
            conv: Conv {
                matrix: Matrix::from_f32(&weights, stride * outputs, 2 * channels),
                bias: Some(bias.repeat(stride)),
                channels,
                taps: 2,
                stride: 1,
                dilation: 1,
                replicate: false,
            },
        })
    }

    /// Appends `rows` and writes `stride` output rows for each of them.
    pub(crate) fn apply(
        &self,
        rows: &[f32],
        state: &mut ConvState,
        out: &mut Vec<f32>,
        before: impl FnOnce(&mut [f32]),
    ) {
        self.conv.apply(rows, state, out, before);
    }
}
