"""Text to speech in the voice of a short recording.

    import loqui

    client = loqui.Loqui(engine="offline")  # or set REPLICATE_API_TOKEN and omit the engine
    sample = loqui.Sample.open("me.wav")
    client.speak(sample, "Hello!").save("hello.wav")
"""

from . import _exit, errors, testing, webhooks
from ._client import AsyncLoqui, Loqui, generate_speech
from ._generation import AsyncGeneration, Generation
from ._loqui import __version__
from ._options import SpeakOptions
from ._sample import Sample
from ._speech import Speech
from ._types import (
    Cleaning,
    CleaningStep,
    Consent,
    DayUsage,
    Erased,
    ErrorInfo,
    Estimate,
    Event,
    Finding,
    Format,
    GenerationInfo,
    JoinedRecording,
    Measures,
    ModelUsage,
    ProgressEstimate,
    Report,
    SampleInfo,
    Script,
    ScriptSegment,
    Segment,
    Severity,
    SoundMeasures,
    Speaker,
    SpeakerPart,
    Status,
    TokenReading,
    Usage,
)
from .errors import LoquiError

_exit.register()

__all__ = [
    "AsyncGeneration",
    "AsyncLoqui",
    "Cleaning",
    "CleaningStep",
    "Consent",
    "DayUsage",
    "Erased",
    "ErrorInfo",
    "Estimate",
    "Event",
    "Finding",
    "Format",
    "Generation",
    "GenerationInfo",
    "JoinedRecording",
    "Loqui",
    "LoquiError",
    "Measures",
    "ModelUsage",
    "ProgressEstimate",
    "Report",
    "Sample",
    "SampleInfo",
    "Script",
    "ScriptSegment",
    "Segment",
    "Severity",
    "SoundMeasures",
    "SpeakOptions",
    "Speaker",
    "SpeakerPart",
    "Speech",
    "Status",
    "TokenReading",
    "Usage",
    "__version__",
    "errors",
    "generate_speech",
    "testing",
    "webhooks",
]
