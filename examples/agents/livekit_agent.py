"""A LiveKit agent with a cloned voice: pip install livekit-agents livekit-plugins-openai livekit-plugins-silero.

Start the server first: loqui serve --demo-user, and add a voice named anna. Then: python livekit_agent.py console
"""

import os

from livekit.agents import Agent, AgentSession, JobContext, WorkerOptions, cli
from livekit.plugins import openai


def voice() -> openai.TTS:
    """The cloned voice, over OpenAI's route of `loqui serve`."""
    return openai.TTS(
        base_url=os.environ.get("LOQUI_URL", "http://127.0.0.1:8000") + "/v1",
        api_key=os.environ["LOQUI_KEY"],
        model="gpt-4o-mini-tts",
        voice=os.environ.get("LOQUI_VOICE", "anna"),
    )


async def entrypoint(context: JobContext) -> None:
    session = AgentSession(llm=openai.LLM(model="gpt-4o-mini"), stt=openai.STT(), tts=voice())
    await session.start(agent=Agent(instructions="Answer in one short sentence."), room=context.room)
    await session.generate_reply(instructions="Greet the user.")


if __name__ == "__main__":
    cli.run_app(WorkerOptions(entrypoint_fnc=entrypoint))
