"""Speaks many texts concurrently, each with a budget: python many.py VOICE TEXTS.txt (one text per line)."""

import asyncio
import sys
from pathlib import Path

import loqui


async def main(voice: str, texts: list[str]) -> None:
    sample = await loqui.Sample.open_async(voice)
    limit = asyncio.Semaphore(20)
    async with loqui.AsyncLoqui() as client:

        async def one(number: int, text: str) -> None:
            async with limit:
                try:
                    speech = await client.speak(sample, text, budget=0.05)
                except loqui.LoquiError as error:
                    print(f"{number}: {error}\n  {error.hint}", file=sys.stderr)
                else:
                    await speech.save_async(f"speech-{number}.wav")
                    print(f"speech-{number}.wav {speech.duration:.1f} s")

        async with asyncio.TaskGroup() as tasks:  # Ctrl-C stops all of them, here and at the provider
            for number, text in enumerate(texts, 1):
                tasks.create_task(one(number, text))


asyncio.run(main(sys.argv[1], Path(sys.argv[2]).read_text(encoding="utf-8").splitlines()))
