"""The blocking and the asynchronous client."""

from __future__ import annotations

import inspect
import json
import os
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Never, Self, TypeAlias, Unpack, cast

from . import _log, _loqui
from ._arguments import options_as_json
from ._files import Readable, Source, is_path
from ._generation import AsyncGeneration, Generation
from ._options import SpeakOptions
from ._sample import Sample
from ._speech import Speech
from ._types import Erased, Estimate, SampleInfo, Script, Status, Turn, Usage, VoiceOptions


def _script(text: str) -> str:
    if isinstance(text, str):
        return text
    raise TypeError(f"the text must be a str, not {type(text).__name__}")


def _turns(text: str | Sequence[Turn], options: SpeakOptions) -> tuple[str, SpeakOptions]:
    """Returns a script and its options; turns become a script in the format ``json``."""
    if isinstance(text, (list, tuple)):
        options = {**options, "format": "json"}
        return json.dumps({"turns": list(text)}), options
    return _script(text), options  # type: ignore[arg-type]


# The voice of a call: a sample, the ID of a stored one, or a recording as ``Sample.open`` takes it.
Voice: TypeAlias = "Sample | int | Source"


def _voices(voices: Mapping[str, Sample | int | VoiceOptions] | None) -> list[tuple[str, _loqui.Sample | int, str]]:
    named: list[tuple[str, _loqui.Sample | int, str]] = []
    for label, voice in (voices or {}).items():
        if isinstance(voice, Mapping):
            options = dict(voice)
            if "sample" not in options:
                raise TypeError(f"voices[{label!r}] has no sample")
            sample = options.pop("sample")
            fields = {name: value for name, value in options.items() if value is not None}
            named.append((label, _voice(sample), json.dumps(fields)))  # type: ignore[arg-type]
        else:
            named.append((label, _voice(voice), "{}"))
    return named


def _known(sample: Voice) -> _loqui.Sample | int | None:
    """Returns the voice, unless it is a recording that is not read yet."""
    if isinstance(sample, Sample):
        return sample._native
    if isinstance(sample, int):
        return sample
    if is_path(sample) or isinstance(sample, Readable):
        return None
    hint = "await Sample.open_async(path)" if inspect.isawaitable(sample) else "use Sample.open(path)"
    raise TypeError(
        f"the sample must be a Sample, a recording, or the ID of a stored one, not {type(sample).__name__}: {hint}"
    )


def _voice(sample: Voice) -> _loqui.Sample | int:
    known = _known(sample)
    return Sample.open(cast("Source", sample))._native if known is None else known


async def _voice_async(sample: Voice) -> _loqui.Sample | int:
    known = _known(sample)
    return (await Sample.open_async(cast("Source", sample)))._native if known is None else known


def _unlabelled(sample: Voice | None) -> _loqui.Sample | int | None:
    return None if sample is None else _voice(sample)


async def _unlabelled_async(sample: Voice | None) -> _loqui.Sample | int | None:
    return None if sample is None else await _voice_async(sample)


class _Base:
    __slots__ = ("_opened",)

    def __init__(
        self,
        *,
        token: str | None = None,
        engine: str | None = None,
        base_url: str | None = None,
        data_dir: str | os.PathLike[str] | None = None,
        budget: float | None = None,
        require_consent: bool = False,
        cog_url: str | None = None,
        models_dir: str | os.PathLike[str] | None = None,
        timeout: float | None = None,
        max_retries: int | None = None,
    ) -> None:
        """Creates a client. Clients are cheap, share one runtime, and may be used by several threads.

        Args:
            token: The API token of a Replicate account. Default: ``REPLICATE_API_TOKEN``.
            engine: ``replicate`` (default), ``pocket`` for a voice cloning model on this machine, ``offline``, ``cog`` for
                your own Cog container, or ``openai`` for the server at ``LOQUI_OPENAI_URL``.
            base_url: The base URL of the API, with ``/v1``. Default: ``REPLICATE_BASE_URL``.
            data_dir: The folder for records and audio. Default: ``LOQUI_DATA_DIR``. Without either, they are kept in
                memory, and a generation is lost when its process ends.
            budget: The default of the speak option ``budget``, in US dollars.
            require_consent: Refuse samples without a statement of the speaker's consent. Default:
                ``LOQUI_REQUIRE_CONSENT``.
            cog_url: The URL of a container with a Chatterbox model, for example ``http://gpu-box:5000``. Default:
                ``LOQUI_COG_URL``.
            models_dir: The folder of voice cloning models, for the engine ``pocket``. Default: ``LOQUI_MODELS_DIR``, or
                ``models`` in ``data_dir``, or the folder that ``loqui models`` uses.
            timeout: The most time of one request to Replicate's API, in seconds. Default: 30. To limit a whole generation,
                use the speak option ``deadline``.
            max_retries: How often a request that costs nothing is repeated after an error that may pass. Default: 3. One that
                may cost money is never repeated.

        Raises:
            AuthenticationError: ``replicate.missing_token``.
            InvalidInputError: ``engine.unknown``, ``cog.url``.
        """
        self._opened: _loqui.Client | None = None
        _log.follow()
        folder = None if data_dir is None else os.fspath(data_dir)
        models = None if models_dir is None else os.fspath(models_dir)
        self._opened = _loqui.Client(
            token, engine, base_url, folder, budget, require_consent, cog_url, models, timeout, max_retries
        )

    @property
    def _native(self) -> _loqui.Client:
        if self._opened is None:
            raise RuntimeError(f"the {type(self).__name__} is closed")
        return self._opened

    @property
    def engine(self) -> str:
        """The name of the engine."""
        return self._native.engine()

    def estimate(self, text: str, *, model: str | None = None) -> Estimate:
        """Estimates segments, duration and cost of a text without sending anything."""
        return Estimate._from_json(self._native.estimate(text, model))

    def script(self, text: str, **options: Unpack[SpeakOptions]) -> Script:
        """Shows what is written and what would be spoken in each segment, without sending anything.

        Raises:
            InvalidInputError: ``script.*``, ``option.*``.
        """
        return Script._from_json(self._native.script(_script(text), options_as_json(options)))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {'closed' if self._opened is None else self.engine}>"

    def __reduce__(self) -> Never:
        raise TypeError(f"a {type(self).__name__} cannot be pickled: create one in each process")


def _wanted(
    status: Status | None, limit: int | None, owner: str | None, sample: int | None, before: int | None
) -> _loqui._Wanted:
    return {"status": status, "limit": limit, "owner": owner, "sample": sample, "before": before}


class Loqui(_Base):
    """The blocking client. As a context manager, it closes at the end of the block.

    >>> client = Loqui(engine="offline")
    >>> client.engine
    'offline'
    """

    __slots__ = ()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Releases the store. Submitted generations continue."""
        self._opened = None

    def speak(
        self,
        sample: Voice | None,
        text: str | Sequence[Turn],
        *,
        voices: Mapping[str, Sample | int | VoiceOptions] | None = None,
        **options: Unpack[SpeakOptions],
    ) -> Speech:
        """Speaks a text in the voice of a sample and returns the speech. Ctrl-C cancels the generation.

        Args:
            sample: A sample, the ID of a stored sample, or a recording: a path, or a file as :meth:`Sample.open` takes it.
                ``None`` if all text has a label.
            text: The text to speak, of any length. Lines such as ``[anna]: Hello.`` have the voice of their label. Or the
                turns of a dialogue, such as ``[{"voice": "anna", "text": "Hello."}]``.
            voices: The voice of each label: a sample, an ID, or a dict with ``sample``, ``gain`` (dB), and options of that
                voice such as ``exaggeration``.
            **options: See :class:`SpeakOptions`. ``deadline`` stops the generation; ``timeout`` is its older name.

        Raises:
            TypeError: An option is unknown or has a value of another type.
            InvalidInputError: ``sample.*``, ``script.*`` or ``option.*``. Nothing was sent.
            LoquiError: See :mod:`loqui.errors`.
        """
        _log.follow()
        script, options = _turns(text, options)
        return Speech(
            self._native.speak(_unlabelled(sample), script, _voices(voices), options_as_json(options))
        )

    def submit(
        self,
        sample: Voice | None,
        text: str | Sequence[Turn],
        *,
        voices: Mapping[str, Sample | int | VoiceOptions] | None = None,
        **options: Unpack[SpeakOptions],
    ) -> Generation:
        """Starts a generation and returns as soon as it is stored. Takes the arguments of :meth:`speak`."""
        _log.follow()
        script, options = _turns(text, options)
        return Generation(
            self._native.submit(_unlabelled(sample), script, _voices(voices), options_as_json(options))
        )

    def generation(self, id: int) -> Generation:
        """Returns the generation with this ID.

        Raises:
            NotFoundError: ``generation.not_found``.
        """
        return Generation(self._native.generation(id))

    def generations(
        self,
        *,
        status: Status | None = None,
        limit: int | None = None,
        owner: str | None = None,
        sample: int | None = None,
        before: int | None = None,
    ) -> list[Generation]:
        """Returns the stored generations, newest first.

        Args:
            status: Only generations with this status.
            limit: The maximum number of generations to return.
            owner: Only generations of this owner.
            sample: Only generations with the sample of this ID.
            before: Only generations with a smaller ID, to read the list page by page.
        """
        found = self._native.generations(_wanted(status, limit, owner, sample, before))
        return [Generation(native) for native in found]

    def add_sample(self, sample: Sample, *, owner: str | None = None, consent: str | None = None) -> SampleInfo:
        """Stores a sample, so that generations can refer to its ID.

        Args:
            sample: The sample. The same recording of the same owner is stored once.
            owner: The owner, if several users share a store.
            consent: The speaker's consent, in words.

        Raises:
            InvalidInputError: ``sample.*``.
        """
        return SampleInfo._of(json.loads(self._native.add_sample(sample._native, owner, consent)))

    def samples(self, *, owner: str | None = None, limit: int | None = None) -> list[SampleInfo]:
        """Returns the stored samples, newest first."""
        return [SampleInfo._of(fields) for fields in json.loads(self._native.samples(owner, limit))]

    def sample(self, id: int) -> SampleInfo:
        """Returns the stored sample with this ID.

        Raises:
            NotFoundError: ``sample.not_found``.
        """
        return SampleInfo._of(json.loads(self._native.sample(id)))

    def recording(self, id: int) -> bytes:
        """Returns the original recording of a stored sample.

        Raises:
            NotFoundError: ``sample.not_found``.
        """
        return self._native.recording(id)

    def resume(self) -> list[int]:
        """Resumes every interrupted generation and returns their IDs."""
        return self._native.resume()

    def erase_sample(self, id: int, *, speech: bool = False) -> Erased:
        """Erases a stored sample: the recording and its copies at the provider.

        Args:
            id: The ID of the sample.
            speech: Also erase all speech made with it.

        Raises:
            NotFoundError: ``sample.not_found``.
            InvalidInputError: ``sample.in_use``: a generation with it is running.
        """
        return Erased._from_json(self._native.erase_sample(id, speech))

    def usage(self) -> Usage:
        """Returns the cost of all takes, by day and by model. Erased generations are included."""
        return Usage._from_json(self._native.usage())


class AsyncLoqui(_Base):
    """The client for asyncio. As an asynchronous context manager, it closes at the end of the block."""

    __slots__ = ()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Releases the store. Submitted generations continue."""
        self._opened = None

    async def speak(
        self,
        sample: Voice | None,
        text: str | Sequence[Turn],
        *,
        voices: Mapping[str, Sample | int | VoiceOptions] | None = None,
        **options: Unpack[SpeakOptions],
    ) -> Speech:
        """Speaks a text in the voice of a sample and returns the speech. Cancelling the task cancels the generation.

        Args:
            sample: A sample, the ID of a stored sample, or a recording: a path, or a file as :meth:`Sample.open` takes it.
                ``None`` if all text has a label.
            text: The text to speak, of any length. Lines such as ``[anna]: Hello.`` have the voice of their label. Or the
                turns of a dialogue, such as ``[{"voice": "anna", "text": "Hello."}]``.
            voices: The voice of each label: a sample, an ID, or a dict with ``sample``, ``gain`` (dB), and options of that
                voice such as ``exaggeration``.
            **options: See :class:`SpeakOptions`. ``deadline`` stops the generation; ``timeout`` is its older name.

        Raises:
            TypeError: An option is unknown or has a value of another type.
            InvalidInputError: ``sample.*``, ``script.*`` or ``option.*``. Nothing was sent.
            LoquiError: See :mod:`loqui.errors`.
        """
        _log.follow()
        script, options = _turns(text, options)
        voice = await _unlabelled_async(sample)
        return Speech(
            await self._native.speak_async(voice, script, _voices(voices), options_as_json(options))
        )

    async def submit(
        self,
        sample: Voice | None,
        text: str | Sequence[Turn],
        *,
        voices: Mapping[str, Sample | int | VoiceOptions] | None = None,
        **options: Unpack[SpeakOptions],
    ) -> AsyncGeneration:
        """Starts a generation and returns as soon as it is stored. Takes the arguments of :meth:`speak`."""
        _log.follow()
        script, options = _turns(text, options)
        voice = await _unlabelled_async(sample)
        return AsyncGeneration(
            await self._native.submit_async(voice, script, _voices(voices), options_as_json(options))
        )

    async def generation(self, id: int) -> AsyncGeneration:
        """Returns the generation with this ID.

        Raises:
            NotFoundError: ``generation.not_found``.
        """
        return AsyncGeneration(await self._native.generation_async(id))

    async def generations(
        self,
        *,
        status: Status | None = None,
        limit: int | None = None,
        owner: str | None = None,
        sample: int | None = None,
        before: int | None = None,
    ) -> list[AsyncGeneration]:
        """Returns the stored generations, newest first.

        Args:
            status: Only generations with this status.
            limit: The maximum number of generations to return.
            owner: Only generations of this owner.
            sample: Only generations with the sample of this ID.
            before: Only generations with a smaller ID, to read the list page by page.
        """
        found = await self._native.generations_async(_wanted(status, limit, owner, sample, before))
        return [AsyncGeneration(native) for native in found]

    async def add_sample(self, sample: Sample, *, owner: str | None = None, consent: str | None = None) -> SampleInfo:
        """Stores a sample, so that generations can refer to its ID.

        Args:
            sample: The sample. The same recording of the same owner is stored once.
            owner: The owner, if several users share a store.
            consent: The speaker's consent, in words.

        Raises:
            InvalidInputError: ``sample.*``.
        """
        return SampleInfo._of(json.loads(await self._native.add_sample_async(sample._native, owner, consent)))

    async def samples(self, *, owner: str | None = None, limit: int | None = None) -> list[SampleInfo]:
        """Returns the stored samples, newest first."""
        return [SampleInfo._of(fields) for fields in json.loads(await self._native.samples_async(owner, limit))]

    async def sample(self, id: int) -> SampleInfo:
        """Returns the stored sample with this ID.

        Raises:
            NotFoundError: ``sample.not_found``.
        """
        return SampleInfo._of(json.loads(await self._native.sample_async(id)))

    async def recording(self, id: int) -> bytes:
        """Returns the original recording of a stored sample.

        Raises:
            NotFoundError: ``sample.not_found``.
        """
        return await self._native.recording_async(id)

    async def resume(self) -> list[int]:
        """Resumes every interrupted generation and returns their IDs."""
        return await self._native.resume_async()

    async def erase_sample(self, id: int, *, speech: bool = False) -> Erased:
        """Erases a stored sample: the recording and its copies at the provider.

        Args:
            id: The ID of the sample.
            speech: Also erase all speech made with it.

        Raises:
            NotFoundError: ``sample.not_found``.
            InvalidInputError: ``sample.in_use``: a generation with it is running.
        """
        return Erased._from_json(await self._native.erase_sample_async(id, speech))

    async def usage(self) -> Usage:
        """Returns the cost of all takes, by day and by model. Erased generations are included."""
        return Usage._from_json(await self._native.usage_async())


async def generate_speech(
    sample_path: str | os.PathLike[str], text: str, model_name: str
) -> tuple[str, float, int]:
    """Speaks a text in the voice of a file and writes a new WAV file.

    It configures a client from the environment. The file gets a random name in the folder ``generated`` below
    ``LOQUI_DATA_DIR``, or below the current folder.

    Args:
        sample_path: The path of the recording.
        text: The text to speak.
        model_name: A label for the voice. It becomes the name of the stored sample and selects no model.

    Returns:
        The path of the file, its duration in seconds, and its size in bytes.

    Raises:
        LoquiError: As :meth:`AsyncLoqui.speak`.
    """
    _log.follow()
    return await _loqui.generate_speech(os.fspath(sample_path), text, model_name)
