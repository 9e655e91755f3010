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
from ._script import read_script
from ._speech import Speech
from ._types import (
    Chapter,
    Cleaning,
    CleaningStep,
    Consent,
    DayUsage,
    Edit,
    Erased,
    ErrorInfo,
    Estimate,
    Event,
    Finding,
    Format,
    GenerationInfo,
    JoinedRecording,
    Levels,
    Measures,
    ModelUsage,
    ProgressEstimate,
    Report,
    SampleInfo,
    SavedFile,
    Script,
    ScriptChapter,
    ScriptFile,
    ScriptSegment,
    Segment,
    Severity,
    SoundMeasures,
    Speaker,
    SpeakerPart,
    Status,
    TakeInfo,
    TokenReading,
    Turn,
    Usage,
    VoiceInfo,
    VoiceOptions,
    Word,
)
from .errors import LoquiError

_exit.register()

__all__ = [
    "AsyncGeneration",
    "AsyncLoqui",
    "Chapter",
    "Cleaning",
    "CleaningStep",
    "Consent",
    "DayUsage",
    "Edit",
    "Erased",
    "ErrorInfo",
    "Estimate",
    "Event",
    "Finding",
    "Format",
    "Generation",
    "GenerationInfo",
    "JoinedRecording",
    "Levels",
    "Loqui",
    "LoquiError",
    "Measures",
    "ModelUsage",
    "ProgressEstimate",
    "Report",
    "Sample",
    "SampleInfo",
    "SavedFile",
    "Script",
    "ScriptChapter",
    "ScriptFile",
    "ScriptSegment",
    "Segment",
    "Severity",
    "SoundMeasures",
    "SpeakOptions",
    "Speaker",
    "SpeakerPart",
    "Speech",
    "Status",
    "TakeInfo",
    "TokenReading",
    "Turn",
    "Usage",
    "VoiceInfo",
    "VoiceOptions",
    "Word",
    "__version__",
    "errors",
    "generate_speech",
    "read_script",
    "testing",
    "webhooks",
]
