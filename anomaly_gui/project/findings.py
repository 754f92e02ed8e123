"""What was found in a set of images that one should know before trusting its figures."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from typing import Literal

import msgspec

from anomaly_gui.project.records import Image

Severity = Literal["blocks", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("blocks", "warning", "note")
PLACE = "trust.accepted"
"""Key under which a project remembers the cases that were accepted."""


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """One instance of a finding."""

    images: tuple[int, ...]
    """Ids, those to compare side by side; empty for what is said of the set."""
    sentence: str
    subject: str = ""
    """What a case without images is about."""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of problem, with all its cases."""

    kind: str
    severity: Severity
    title: str
    sentence: str
    """What was found, and why it matters."""
    advice: str
    cases: tuple[Case, ...]
    accepted: tuple[Case, ...] = ()
    """Cases that somebody said are fine; they are no longer among *cases*."""

    @property
    def can_be_accepted(self) -> bool:
        """What blocks training is a contradiction: only a decision ends it."""
        return self.severity != "blocks"


def case_key(kind: str, case: Case, images: Mapping[int, Image]) -> str:
    """Of a case, by what its files hold: with another file in it, it is another case."""
    hashes = sorted(images[key].sha256 for key in case.images)
    return hashlib.sha256("\n".join([kind, case.subject, *hashes]).encode()).hexdigest()[:16]


def without_accepted(finding: Finding, accepted: Collection[str], images: Mapping[int, Image]) -> Finding:
    """The finding with its accepted cases set apart."""
    if not accepted or not finding.can_be_accepted:
        return finding
    fine = [case_key(finding.kind, case, images) in accepted for case in finding.cases]
    return msgspec.structs.replace(
        finding,
        cases=tuple(case for case, is_fine in zip(finding.cases, fine, strict=True) if not is_fine),
        accepted=tuple(case for case, is_fine in zip(finding.cases, fine, strict=True) if is_fine),
    )
