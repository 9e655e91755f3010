"""Give it a few seconds of a voice and a text of any length; get that voice speaking it.

    import loqui

    client = loqui.Loqui(engine="offline")  # or set REPLICATE_API_TOKEN and leave the engine out
    sample = loqui.Sample.open("me.wav")
    client.speak(sample, "Hello!").save("hello.wav")
"""

from . import errors, testing
from ._client import AsyncLoqui, Loqui, SpeakOptions
from ._generation import AsyncGeneration, Generation
from ._loqui import __version__
from ._sample import Sample
from ._speech import Speech
from ._types import Estimate, Event, Finding, GenerationInfo, Report, Segment
from .errors import LoquiError

__all__ = [
    "AsyncGeneration",
    "AsyncLoqui",
    "Estimate",
    "Event",
    "Finding",
    "Generation",
    "GenerationInfo",
    "Loqui",
    "LoquiError",
    "Report",
    "Sample",
    "Segment",
    "SpeakOptions",
    "Speech",
    "__version__",
    "errors",
    "testing",
]
