"""Give it a few seconds of a voice and a text of any length; get that voice speaking it.

    import loqui

    client = loqui.Loqui(engine="offline")  # or set REPLICATE_API_TOKEN and leave the engine out
    sample = loqui.Sample.open("me.wav")
    client.speak(sample, "Hello!").save("hello.wav")
"""

from . import _exit, errors, testing, webhooks
from ._client import AsyncLoqui, Loqui, SpeakOptions, generate_speech
from ._generation import AsyncGeneration, Generation
from ._loqui import __version__
from ._sample import Sample
from ._speech import Speech
from ._types import (
    DayUsage,
    Erased,
    Estimate,
    Event,
    Finding,
    GenerationInfo,
    ModelUsage,
    ProgressEstimate,
    Report,
    SampleInfo,
    Segment,
    Usage,
)
from .errors import LoquiError

_exit.register()

__all__ = [
    "AsyncGeneration",
    "AsyncLoqui",
    "DayUsage",
    "Erased",
    "Estimate",
    "Event",
    "Finding",
    "Generation",
    "GenerationInfo",
    "Loqui",
    "LoquiError",
    "ModelUsage",
    "ProgressEstimate",
    "Report",
    "Sample",
    "SampleInfo",
    "Segment",
    "SpeakOptions",
    "Speech",
    "Usage",
    "__version__",
    "errors",
    "generate_speech",
    "testing",
    "webhooks",
]
