"""Prints the public names of the Python package: a type and a name on each line."""

import inspect
import typing

import loqui
from loqui import errors, testing, webhooks


def show(of: str, names: typing.Iterable[str]) -> None:
    for name in sorted(names):
        if not name.startswith("_"):
            print(of, name)


def public(module: object) -> list[str]:
    return list(getattr(module, "__all__"))


show("loqui", (name for name in public(loqui)))
for module in (errors, testing, webhooks):
    show(module.__name__, public(module))
for module in (loqui, testing, webhooks):
    for name in public(module):
        value = getattr(module, name)
        if typing.is_typeddict(value):
            show(name, value.__annotations__)
        elif inspect.isclass(value) and not issubclass(value, Exception):
            show(name, dir(value))
for of in (loqui.Loqui, loqui.AsyncLoqui):
    for method in ("__init__", "generations"):
        parameters = inspect.signature(getattr(of, method)).parameters
        show(f"{of.__name__}.{method}", (name for name in parameters if name != "self"))
show("LoquiError", inspect.get_annotations(errors.LoquiError))
