//! The convolutional halves of the codec.

use crate::Error;
use crate::config::SeanetFields;
use crate::kernel::elu;
use crate::nn::{Conv, ConvShape, ConvState, Upconv};
use crate::weights::Loader;

#[derive(Debug)]
enum Layer {
    /// A convolution, after an activation except at the input.
    Conv {
        conv: Conv,
        activate: bool,
    },
    Up(Upconv),
    Residual {
        first: Conv,
        second: Conv,
    },
}

/// A stack of convolutions.
#[derive(Debug)]
pub(super) struct Seanet {
    layers: Vec<Layer>,
}

/// History of every convolution of a [`Seanet`], and the buffers between them.
#[derive(Clone, Debug)]
pub(super) struct SeanetState {
    convs: Vec<[ConvState; 2]>,
    spare: Vec<f32>,
    hidden: Vec<f32>,
}

/// Loads layers under the indices of the reference's module list, in which activations count.
struct Stack<'a> {
    loader: &'a mut Loader,
    name: &'a str,
    index: usize,
    layers: Vec<Layer>,
}

impl Stack<'_> {
    fn name(&mut self, part: &str, modules: usize) -> String {
        let name = format!("{}.model.{}.{part}", self.name, self.index + modules - 1);
        self.index += modules;
        name
    }

    fn conv(&mut self, shape: ConvShape, activate: bool) -> Result<(), Error> {
        let name = self.name("conv", 1 + usize::from(activate));
        let conv = Conv::load(self.loader, &name, shape)?;
        self.layers.push(Layer::Conv { conv, activate });
        Ok(())
    }

    fn up(&mut self, channels: usize, outputs: usize, stride: usize) -> Result<(), Error> {
        let name = self.name("convtr", 2);
        self.layers
            .push(Layer::Up(Upconv::load(self.loader, &name, channels, outputs, stride)?));
        Ok(())
    }

    fn residuals(&mut self, fields: &SeanetFields, channels: usize) -> Result<(), Error> {
        let hidden = channels / fields.compress;
        for layer in 0..fields.n_residual_layers {
            let name = self.name("block", 1);
            let first = ConvShape {
                dilation: fields.dilation_base.pow(layer as u32),
                ..ConvShape::new(channels, hidden, fields.residual_kernel_size)
            };
            let second = ConvShape::new(hidden, channels, 1);
            self.layers.push(Layer::Residual {
                first: Conv::load(self.loader, &format!("{name}.1.conv"), first)?,
                second: Conv::load(self.loader, &format!("{name}.3.conv"), second)?,
            });
        }
        Ok(())
    }
}

impl Seanet {
    pub(super) fn load_encoder(loader: &mut Loader, name: &str, fields: &SeanetFields) -> Result<Self, Error> {
        let mut stack = Stack {
            loader,
            name,
            index: 0,
            layers: Vec::new(),
        };
        let mut channels = fields.n_filters;
        stack.conv(ConvShape::new(fields.channels, channels, fields.kernel_size), false)?;
        for &stride in fields.ratios.iter().rev() {
            stack.residuals(fields, channels)?;
            let shape = ConvShape {
                stride,
                ..ConvShape::new(channels, channels * 2, stride * 2)
            };
            stack.conv(shape, true)?;
            channels *= 2;
        }
        stack.conv(
            ConvShape::new(channels, fields.dimension, fields.last_kernel_size),
            true,
        )?;
        Ok(Self { layers: stack.layers })
    }

    pub(super) fn load_decoder(loader: &mut Loader, name: &str, fields: &SeanetFields) -> Result<Self, Error> {
        let mut stack = Stack {
            loader,
            name,
            index: 0,
            layers: Vec::new(),
        };
        let mut channels = fields.n_filters << fields.ratios.len();
        stack.conv(ConvShape::new(fields.dimension, channels, fields.kernel_size), false)?;
        for &stride in &fields.ratios {
            stack.up(channels, channels / 2, stride)?;
            channels /= 2;
            stack.residuals(fields, channels)?;
        }
        stack.conv(ConvShape::new(channels, fields.channels, fields.last_kernel_size), true)?;
        Ok(Self { layers: stack.layers })
    }

    pub(super) fn state(&self) -> SeanetState {
        SeanetState {
            convs: vec![Default::default(); self.layers.len()],
            spare: Vec::new(),
            hidden: Vec::new(),
        }
    }

    /// Runs the next rows through all layers, in place.
    pub(super) fn apply(&self, rows: &mut Vec<f32>, state: &mut SeanetState) {
        let SeanetState { convs, spare, hidden } = state;
        for (layer, [first_state, second_state]) in self.layers.iter().zip(convs) {
            match layer {
                Layer::Conv { conv, activate } => {
                    conv.apply(
                        rows,
                        first_state,
                        spare,
                        if *activate { elu } else { |_: &mut [f32]| {} },
                    );
                    std::mem::swap(rows, spare);
                }
                Layer::Up(conv) => {
                    conv.apply(rows, first_state, spare, elu);
                    std::mem::swap(rows, spare);
                }
                Layer::Residual { first, second } => {
                    first.apply(rows, first_state, hidden, elu);
                    second.add(hidden, second_state, rows, elu);
                }
            }
        }
    }
}
