//! The networks: compiled into the binary, loaded on first use, shared by all threads.

use std::sync::{Arc, OnceLock};

use rten::{Model, ModelOptions, NodeId, Value, ValueOrView};

use crate::Error;

/// A loaded network, with its name for messages.
pub(crate) struct Network {
    name: &'static str,
    model: Model,
}

/// A network or the error of loading it. A second attempt would fail in the same way.
type Slot = OnceLock<Result<Network, Arc<dyn std::error::Error + Send + Sync>>>;

/// Returns Silero v6, the speech detector.
pub(crate) fn speech() -> Result<&'static Network, Error> {
    static SLOT: Slot = OnceLock::new();
    Network::once(&SLOT, "speech", include_bytes!("../data/silero_vad_16k_op15.onnx"))
}

/// Returns the GE2E speaker encoder.
pub(crate) fn speaker() -> Result<&'static Network, Error> {
    static SLOT: Slot = OnceLock::new();
    Network::once(&SLOT, "speaker", include_bytes!("../data/ge2e.onnx"))
}

impl Network {
    fn once(slot: &'static Slot, name: &'static str, onnx: &'static [u8]) -> Result<&'static Self, Error> {
        slot.get_or_init(|| match ModelOptions::with_all_ops().load_static_slice(onnx) {
            Ok(model) => Ok(Self { name, model }),
            Err(error) => Err(Arc::new(error)),
        })
        .as_ref()
        .map_err(|source| Error::Load {
            network: name,
            source: Arc::clone(source),
        })
    }

    /// Finds an input or output by its name in the graph.
    pub(crate) fn node(&self, name: &str) -> Result<NodeId, Error> {
        self.model.node_id(name).map_err(|error| self.failure(error))
    }

    /// Runs the network and returns the requested outputs in order.
    pub(crate) fn run<const N: usize>(
        &self,
        inputs: Vec<(NodeId, ValueOrView<'_>)>,
        outputs: [NodeId; N],
    ) -> Result<[Value; N], Error> {
        self.model
            .run_n(inputs, outputs, None)
            .map_err(|error| self.failure(error))
    }

    /// Wraps an error of the runtime.
    pub(crate) fn failure(&self, source: impl std::error::Error + Send + Sync + 'static) -> Error {
        Error::Run {
            network: self.name,
            source: Box::new(source),
        }
    }
}
