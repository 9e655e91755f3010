"""Reports the calls of a client: one line each, when the call has worked."""

from importlib.metadata import version


class Report:
    """Prints the client with its version, then the calls. A failed call ends the script."""

    def __init__(self, name: str, package: str) -> None:
        print(f"{name}\t{version(package)}", flush=True)

    def worked(self, call: str) -> None:
        print(call, flush=True)
