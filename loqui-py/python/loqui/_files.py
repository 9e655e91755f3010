"""Reads and writes files: paths, binary file objects, and uploads of web frameworks."""

from __future__ import annotations

import inspect
import os
from typing import Any, Protocol, TypeAlias, runtime_checkable


@runtime_checkable
class Readable(Protocol):
    """An object with a ``read`` that returns bytes: an open file, ``io.BytesIO``, an upload."""

    def read(self) -> Any: ...


@runtime_checkable
class Writable(Protocol):
    """An object with a ``write`` that takes bytes: an open file, ``io.BytesIO``, a socket's file."""

    def write(self, data: bytes, /) -> Any: ...


StrPath: TypeAlias = "str | os.PathLike[str]"
Source: TypeAlias = "StrPath | Readable"


def is_path(value: object) -> bool:
    return isinstance(value, (str, os.PathLike))


def read(file: Readable) -> bytes:
    """Reads a file object to its end.

    Raises:
        TypeError: It yields text, or only asynchronous code can read it.
    """
    # An upload of FastAPI or Starlette has an asynchronous ``read`` and a blocking file.
    if inspect.iscoroutinefunction(getattr(file, "read", None)):
        blocking = getattr(file, "file", None)
        if not isinstance(blocking, Readable) or inspect.iscoroutinefunction(blocking.read):
            raise TypeError("the file is read asynchronously: use await Sample.open_async(file)")
        file = blocking
    return _bytes(file.read())


async def read_async(file: Readable) -> bytes:
    """Reads a file object to its end, and awaits its ``read`` if that is asynchronous."""
    data = file.read()
    return _bytes(await data if inspect.isawaitable(data) else data)


def name_of(file: object) -> str | None:
    """Returns the name of a file object without its folder, if it has one."""
    for attribute in ("filename", "name"):
        name = getattr(file, attribute, None)
        # The name of a pipe is a number.
        if isinstance(name, str) and os.path.basename(name):
            return os.path.basename(name)
    return None


def _bytes(data: object) -> bytes:
    if isinstance(data, (bytes, bytearray, memoryview)):
        return bytes(data)
    if isinstance(data, str):
        raise TypeError("the file yields text: open it in binary mode, as in open(path, 'rb')")
    raise TypeError(f"the file yields {type(data).__name__}, not bytes")
