"""Celery tasks that speak: pip install celery loqui-py, then celery -A celery_tasks worker.

A task receives and returns plain data: the ID of a stored sample, and the ID of the generation. A client, a sample or a speech
cannot be pickled, and need not be: every process reads them from the records (LOQUI_DATA_DIR, or LOQUI_DATABASE_URL and
LOQUI_STORAGE_URL on several machines).
"""

import os
from functools import cache

from celery import Celery, Task

import loqui

app = Celery("voices", broker=os.environ.get("CELERY_BROKER", "redis://127.0.0.1"), backend="rpc://")
# The task is delivered again if its worker dies. The idempotency key makes that safe.
app.conf.update(task_acks_late=True, task_reject_on_worker_lost=True)


@cache
def client() -> loqui.Loqui:
    """The client of this process, made after the worker has forked."""
    return loqui.Loqui(engine=os.environ.get("LOQUI_ENGINE"))


@app.task(bind=True, max_retries=5)
def speak(self: Task, sample: int, text: str) -> int:
    """Speaks a text with a stored sample. Returns the ID of the generation, with which others read the speech."""
    try:
        generation = client().submit(sample, text, idempotency_key=self.request.id)
        generation.finish()
    except loqui.LoquiError as error:
        if error.retryable:
            raise self.retry(exc=RuntimeError(f"{error.code}: {error}"), countdown=10) from None
        raise RuntimeError(f"{error.code}: {error} ({error.hint})") from None
    return generation.id


def wav(generation: int) -> bytes:
    """Reads the speech of a generation, in any process on the same records."""
    return client().generation(generation).speech().wav
