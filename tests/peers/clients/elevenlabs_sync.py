"""The official Python client of ElevenLabs, synchronous and unmodified."""

import base64
import os
import ssl
import threading

from elevenlabs import DialogueInput, VoiceSettings
from elevenlabs.client import ElevenLabs
from elevenlabs.core.api_error import ApiError
from elevenlabs.errors import UnprocessableEntityError

from report import Report

URL, KEY, VOICE = os.environ["LOQUI_URL"], os.environ["LOQUI_KEY"], os.environ["VOICE"]
report = Report("elevenlabs, Python, sync", "elevenlabs")
client = ElevenLabs(base_url=URL, api_key=KEY)

with open(VOICE, "rb") as one, open(VOICE, "rb") as two:
    added = client.voices.ivc.create(name="Anna", files=[one, two], description="calm", labels={"accent": "british"})
assert added.requires_verification is False
anna = added.voice_id
report.worked("voices.ivc.create")
with open(VOICE, "rb") as one:
    bert = client.voices.ivc.create(name="Bert", files=[one]).voice_id
voices = client.voices.get_all().voices
assert {voice.voice_id for voice in voices} == {anna, bert}, voices
report.worked("voices.get_all")
found = client.voices.search(search="ann", page_size=1)
assert found.total_count == 1 and found.voices[0].name == "Anna" and not found.has_more, found
report.worked("voices.search")
assert client.voices.get(anna).labels == {"accent": "british"}
report.worked("voices.get")
assert client.voices.update(bert, name="Bertram").status == "ok"
assert client.voices.get(bert).name == "Bertram"
report.worked("voices.update")
assert client.voices.settings.get_default().stability == 0.5
client.voices.settings.update(bert, request=VoiceSettings(stability=0.7, style=0.2))
assert client.voices.settings.get(bert).stability == 0.7
report.worked("voices.settings")

TEXT = "Hello there, my friend. This is a test."
audio = b"".join(client.text_to_speech.convert(anna, text=TEXT, model_id="eleven_multilingual_v2", seed=1))
assert audio[:3] == b"ID3", audio[:8]
report.worked("text_to_speech.convert")
pcm = b"".join(client.text_to_speech.convert(anna, text=TEXT, output_format="pcm_16000", seed=1))
codes = b"".join(client.text_to_speech.convert(anna, text=TEXT, output_format="ulaw_8000", seed=1))
assert abs(len(pcm) / 4 - len(codes)) < 4000, (len(pcm), len(codes))
settings = VoiceSettings(stability=0.3, similarity_boost=0.9, style=0.4, use_speaker_boost=True, speed=1.1)
chunks = list(client.text_to_speech.stream(anna, text=TEXT, voice_settings=settings, optimize_streaming_latency=2))
assert sum(map(len, chunks)) > 5000
report.worked("text_to_speech.stream")
timed = client.text_to_speech.convert_with_timestamps(anna, text=TEXT)
assert "".join(timed.alignment.characters) == TEXT
assert len(base64.b64decode(timed.audio_base_64)) > 5000
report.worked("text_to_speech.convert_with_timestamps")
parts = list(client.text_to_speech.stream_with_timestamps(anna, text=TEXT))
assert "".join(c for part in parts if part.alignment for c in part.alignment.characters) == TEXT
report.worked("text_to_speech.stream_with_timestamps")
inputs = [DialogueInput(text="Knock knock.", voice_id=anna), DialogueInput(text="Who is there?", voice_id=bert)]
assert len(b"".join(client.text_to_dialogue.convert(inputs=inputs))) > 5000
report.worked("text_to_dialogue.convert")
assert len(b"".join(client.text_to_dialogue.stream(inputs=inputs))) > 5000
report.worked("text_to_dialogue.stream")
timed = client.text_to_dialogue.convert_with_timestamps(inputs=inputs)
assert [part.voice_id for part in timed.voice_segments] == [anna, bert]
report.worked("text_to_dialogue.convert_with_timestamps")

assert client.models.list()[0].model_id
report.worked("models.list")
assert client.user.get().subscription.character_limit > 0
report.worked("user.get")
assert client.user.subscription.get().status == "active"
report.worked("user.subscription.get")
history = client.history.list(page_size=2)
item = history.history[0].history_item_id
assert history.has_more and history.last_history_item_id
report.worked("history.list")
assert client.history.get(item).history_item_id == item
report.worked("history.get")
assert b"".join(client.history.get_audio(item))[:3] == b"ID3"
report.worked("history.get_audio")
assert client.history.delete(item).status == "ok"
report.worked("history.delete")


def secure_port(port: int) -> tuple[int, str]:
    """Serves the server with TLS, because the client opens sockets with TLS only. Returns the port and the certificates."""
    import socket
    import tempfile

    import trustme

    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    listener = socket.create_server(("127.0.0.1", 0))

    def copy(source: socket.socket, target: socket.socket) -> None:
        try:
            while data := source.recv(1 << 16):
                target.sendall(data)
        except OSError:
            pass
        finally:
            for end in (source, target):
                try:
                    end.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass

    def serve() -> None:
        while True:
            plain, _ = listener.accept()
            near = context.wrap_socket(plain, server_side=True)
            far = socket.create_connection(("127.0.0.1", port))
            for ends in ((near, far), (far, near)):
                threading.Thread(target=copy, args=ends, daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    with tempfile.NamedTemporaryFile(suffix=".pem", delete=False) as file:
        file.write(authority.cert_pem.bytes())
    return listener.getsockname()[1], file.name


port, certificates = secure_port(int(URL.rsplit(":", 1)[1]))
os.environ["SSL_CERT_FILE"] = certificates
secure = ElevenLabs(base_url=f"https://localhost:{port}", api_key=KEY)
words = iter(["Hello ", "there, ", "my friend. ", "How ", "are ", "you?"])
audio = b"".join(secure.text_to_speech.convert_realtime(anna, text=words, output_format="pcm_16000"))
os.remove(certificates)
del os.environ["SSL_CERT_FILE"]
assert len(audio) > 20000, len(audio)
report.worked("text_to_speech.convert_realtime (WebSocket)")

try:
    list(client.text_to_speech.convert("999", text="Hi."))
    raise AssertionError("an unknown voice was accepted")
except ApiError as error:
    assert error.status_code == 404 and error.body["detail"]["status"] == "voice_not_found", error
try:
    list(client.text_to_speech.convert(anna, text=""))
    raise AssertionError("an empty text was accepted")
except UnprocessableEntityError as error:
    assert error.body["detail"][0]["loc"] == ["body", "text"], error
try:
    ElevenLabs(base_url=URL, api_key="wrong").voices.get_all()
    raise AssertionError("a wrong key was accepted")
except ApiError as error:
    assert error.status_code == 401 and error.body["detail"]["status"] == "invalid_api_key", error
report.worked("errors")
assert client.voices.delete(anna).status == "ok"
assert client.voices.delete(bert).status == "ok"
assert client.voices.get_all().voices == []
report.worked("voices.delete")
