"""Tables of contests: what they are, who takes part, who judges, every mark, the result, and what comes after it."""

from contests.models.amendment import RulesVersion
from contests.models.appeal import Appeal, Arbitrator, Evidence
from contests.models.certificate import Certificate, CertificateTemplate
from contests.models.contest import Contest
from contests.models.entry import Entry, Factor, Teammate
from contests.models.event import Event
from contests.models.gate import EntryReview, GateAnswer
from contests.models.marking import AspectPicture, Mark, Operation, Unveiling
from contests.models.panel import PanelMember, Recusal, Sheet, Tablet
from contests.models.penalty import Disqualification, Penalty
from contests.models.registration import Registration
from contests.models.result import Change, ResultRow, ResultVersion
from contests.models.round_signing import RoundSigning
from contests.models.seal import Seal

__all__ = [
    "Appeal",
    "Arbitrator",
    "AspectPicture",
    "Certificate",
    "CertificateTemplate",
    "Change",
    "Contest",
    "Disqualification",
    "Entry",
    "EntryReview",
    "Event",
    "Evidence",
    "Factor",
    "GateAnswer",
    "Mark",
    "Operation",
    "PanelMember",
    "Penalty",
    "Recusal",
    "Registration",
    "ResultRow",
    "ResultVersion",
    "RoundSigning",
    "RulesVersion",
    "Seal",
    "Sheet",
    "Tablet",
    "Teammate",
    "Unveiling",
]
