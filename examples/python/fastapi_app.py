"""A FastAPI service that speaks texts in your voice: pip install fastapi uvicorn loqui-py, then uvicorn fastapi_app:app."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel

import loqui


class Script(BaseModel):
    text: str


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with loqui.AsyncLoqui() as app.state.client:
        app.state.sample = await loqui.Sample.open_async(os.environ.get("VOICE", "me.wav"))
        yield


app = FastAPI(lifespan=lifespan)


@app.post("/speak")
async def speak(script: Script, request: Request) -> Response:
    speech = await request.app.state.client.speak(request.app.state.sample, script.text)
    return Response(speech.wav, media_type="audio/wav")


@app.exception_handler(loqui.LoquiError)
async def refused(request: Request, error: loqui.LoquiError) -> JSONResponse:
    body = {"code": error.code, "message": error.args[0], "hint": error.hint}
    return JSONResponse({"error": body}, status_code=503 if error.retryable else 422)
