"""Give it a few seconds of a voice and a text of any length; get that voice speaking it.

    import loqui

    client = loqui.Loqui(engine="offline")  # or set REPLICATE_API_TOKEN and leave the engine out
    sample = loqui.Sample.open("me.wav")
    client.speak(sample, "Hello!").save("hello.wav")
"""

import atexit as _atexit

from . import _loqui, errors, testing, webhooks
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
    Report,
    SampleInfo,
    Segment,
    Usage,
)
from .errors import LoquiError

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

# What Ctrl-C or a cancelled task has left is still being stopped at the provider: wait for that, but not for ever.
_atexit.register(_loqui.settle, 10.0)
