"""The official Python client of the Model Context Protocol, over stdio and over HTTP."""

import asyncio
import os

from mcp import Client, StdioServerParameters

from report import Report

PROGRAM, URL, DATA = os.environ["LOQUI_PROGRAM"], os.environ["LOQUI_MCP_URL"], os.environ["LOQUI_DATA_DIR"]
report = Report("MCP SDK, Python", "mcp")


async def used(client: Client, transport: str) -> None:
    assert client.server_info.name == "loqui", client.server_info
    tools = {tool.name for tool in (await client.list_tools()).tools}
    assert {"list_voices", "check_recording", "estimate", "speak", "read_generation"} <= tools, tools
    report.worked(f"list_tools ({transport})")
    voices = await client.call_tool("list_voices")
    assert voices.structured_content["voices"][0]["name"] == "anna", voices
    report.worked(f"call_tool list_voices ({transport})")

    progress: list[float] = []

    async def on_progress(value: float, total: float | None, message: str | None) -> None:
        progress.append(value)

    # A long text: clients may not read a report that arrives together with the result.
    text = "Hello there, my friend. " * 20
    spoken = await client.call_tool(
        "speak",
        {"text": text, "voice": "anna", "audio_format": "mp3"},
        progress_callback=on_progress,
    )
    assert not spoken.is_error, spoken
    link = next(block for block in spoken.content if block.type == "resource_link")
    if transport == "stdio":
        assert str(link.uri).startswith("file:///"), link
    else:
        read = await client.read_resource(str(link.uri))
        assert read.contents[0].mime_type == "audio/mpeg", read
        report.worked("read_resource (HTTP)")
    assert progress, "no progress"
    report.worked(f"call_tool speak, with progress ({transport})")
    refused = await client.call_tool("speak", {"text": "Hello.", "voice": "nobody"})
    assert refused.is_error and refused.structured_content["error"]["code"] == "sample.not_found", refused
    report.worked(f"errors ({transport})")


async def main() -> None:
    command = StdioServerParameters(
        command=PROGRAM, args=["mcp", "--engine", "offline"], env={"LOQUI_DATA_DIR": DATA, "PATH": os.environ["PATH"]}
    )
    async with Client(command) as client:
        await used(client, "stdio")
    async with Client(URL) as client:
        await used(client, "HTTP")


asyncio.run(main())
