"""The HTML of speech and reports in a notebook."""

from __future__ import annotations

import base64
from dataclasses import asdict
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._speech import Speech
    from ._types import Report

# A larger player would make the notebook file unusable.
_PLAYER_LIMIT = 30_000_000


def player(speech: Speech) -> str:
    """Returns an audio player with the speech embedded."""
    caption = escape(f"{speech.duration:.2f} s, {speech.info.engine}, {speech.info.model}")
    if len(speech.wav) > _PLAYER_LIMIT:
        return f"<p>{caption}: too long to play here; use <code>save()</code></p>"
    data = base64.b64encode(speech.wav).decode("ascii")
    return f'<figure><audio controls src="data:audio/wav;base64,{data}"></audio><figcaption>{caption}</figcaption></figure>'


def table(report: Report) -> str:
    """Returns the verdict, findings and measures as tables."""
    seconds = "" if report.duration_seconds is None else f", {report.duration_seconds:.2f} s"
    verdict = "can be used" if report.usable else "cannot be used"
    findings = "".join(
        f"<tr><td>{escape(finding.severity)}</td><td><code>{escape(finding.code)}</code></td>"
        f"<td>{escape(finding.message)}</td><td>{escape(finding.hint)}</td></tr>"
        for finding in report.findings
    )
    measures = "".join(
        f"<tr><td><code>{escape(name)}</code></td><td>{escape(_value(value))}</td></tr>"
        for name, value in asdict(report.measures).items()
        if value is not None
    )
    return (
        f"<p>{escape(report.format)}{seconds}: {verdict}</p>"
        f"<table>{findings}</table><details><summary>measures</summary><table>{measures}</table></details>"
    )


def _value(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
