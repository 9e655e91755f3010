"""The same work with the official Python client. Prints one line of JSON."""

import asyncio
import json
import os
import time
from pathlib import Path

import httpx
import replicate

VOICE = Path(__file__).resolve().parents[2] / "tests/voices/heart.mp3"


async def main() -> None:
    client = replicate.Client(
        api_token=os.environ["REPLICATE_API_TOKEN"],
        base_url=os.environ["REPLICATE_BASE_URL"].removesuffix("/v1"),
    )
    with VOICE.open("rb") as recording:
        uploaded = await client.files.async_create(recording)
    limit = asyncio.Semaphore(100)
    started = time.perf_counter()

    async def one(number: int) -> None:
        async with limit:
            given = {"prompt": f"This is number {number}.", "audio_prompt": uploaded.urls["get"]}
            output = await client.async_run("resemble-ai/chatterbox", input=given, wait=False)
            # Without `Prefer: wait`, the response has no output yet.
            (await http.get(str(output), timeout=60)).raise_for_status()

    async with httpx.AsyncClient() as http:
        await asyncio.gather(*(one(number) for number in range(300)))
    print(json.dumps({"count": 300, "seconds": time.perf_counter() - started}))


asyncio.run(main())
