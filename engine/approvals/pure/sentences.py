"""Why an act is refused, one readable sentence a code. Plain English here; the doors translate them."""

from __future__ import annotations


def gettext_noop(sentence: str) -> str:
    """Mark a sentence for the catalogue of translations and return it as it is."""
    return sentence


SENTENCES: dict[str, str] = {
    "unknown-verb": gettext_noop("There is no verb “%(verb)s”."),
    "wrong-round": gettext_noop("The request is in round %(round)s now. Read it again, then decide."),
    "unknown-step": gettext_noop("There is no step “%(step)s”."),
    "ended": gettext_noop("This has ended already: %(status)s."),
    "draft": gettext_noop("It has not been submitted yet."),
    "returned": gettext_noop("The applicant holds it."),
    "suspended": gettext_noop("An administrator has suspended it."),
    "not-suspended": gettext_noop("It is not suspended."),
    "running": gettext_noop("It is being decided already."),
    "not-approver": gettext_noop("%(who)s is not asked, or it is decided already."),
    "which-step": gettext_noop("%(who)s is asked in several steps: say in which (%(steps)s)."),
    "not-applicant": gettext_noop("Only the applicant may do that."),
    "not-administrator": gettext_noop("Only an administrator may do that."),
    "not-involved": gettext_noop("%(who)s was neither asked nor copied, and is not the applicant."),
    "not-asked": gettext_noop("Only who was asked may do that."),
    "note-missing": gettext_noop("Write why: a reason is required."),
    "opinion-only": gettext_noop("%(who)s was asked for an opinion: approve or refuse, nothing else."),
    "no-vote": gettext_noop("An abstention is possible only where votes are counted."),
    "not-a-pool": gettext_noop("There is nothing to claim, or it is claimed already."),
    "last-administrator": gettext_noop("The last administrator cannot recuse: nobody would be left to decide."),
    "return-target": gettext_noop("It cannot be returned to “%(to)s” from this step."),
    "return-missing": gettext_noop("Say where it is returned to."),
    "return-previous": gettext_noop("Several branches end here: name the step it is returned to."),
    "resume": gettext_noop("After a return it goes on with “redo” or “direct”."),
    "nothing-to-take-back": gettext_noop("%(who)s has nothing to take back here."),
    "acted-after": gettext_noop("%(who)s has acted on it since; it can no longer be taken back."),
    "unknown-person": gettext_noop("There is no person “%(who)s”."),
    "on-step": gettext_noop("%(who)s is on this step already."),
    "recused": gettext_noop("%(who)s has recused from this approval."),
    "is-applicant": gettext_noop("%(who)s is the applicant and cannot decide their own request."),
    "people-missing": gettext_noop("Name at least one person."),
    "where": gettext_noop("People are added before, after or alongside."),
    "mode": gettext_noop("Added people decide by all, any or in-turn."),
    "cannot-add": gettext_noop("Who was added to a place cannot add others."),
    "not-added": gettext_noop("%(who)s was not added, or has acted already."),
    "not-the-adder": gettext_noop("Only who added %(who)s, or an administrator, may remove them."),
    "nothing-to-hand-over": gettext_noop("Nothing waits for %(who)s."),
    "urged": gettext_noop("It was urged less than an hour ago."),
    "substitute-self": gettext_noop("Nobody is their own substitute."),
    "substitute-dates": gettext_noop("A substitution ends after it begins."),
    "picks-missing": gettext_noop("Name %(count)s people for step “%(step)s”."),
    "picks-where": gettext_noop("Nobody is picked for step “%(step)s”."),
    "minutes": gettext_noop("The clock moves forward by whole minutes, at least one."),
    "not-system": gettext_noop("Only the system moves the clock."),
    "malformed": gettext_noop("The field “%(field)s” is not what it should be."),
}  # fmt: skip

REASONS: dict[str, str] = {
    "repeat": gettext_noop("Approved already in step %(step)s: passed automatically"),
    "self": gettext_noop("Only the applicant was found: passed automatically"),
    "nobody-pass": gettext_noop("Nobody was found: passed automatically"),
    "nobody-refuse": gettext_noop("Nobody was found: refused automatically"),
    "overdue-pass": gettext_noop("Not decided in time: passed automatically"),
    "overdue-refuse": gettext_noop("Not decided in time: refused automatically"),
    "overdue-hand-over": gettext_noop("Not decided in time: handed over automatically"),
    "overdue-remind": gettext_noop("Not decided in time: reminded automatically"),
}


def reason_words(reason: str) -> tuple[str, dict[str, str]]:
    """Return the sentence of a reason `code` or `code:step`, a message id, and its parameters."""
    code, _, step = reason.partition(":")
    return REASONS[code], {"step": step}


class Refused(Exception):
    """The act may not be done; nothing changed. `code` is for programs, the text for people."""

    def __init__(self, code: str, **params: object) -> None:
        self.code = code
        self.params = params
        super().__init__(SENTENCES[code] % params)

    @property
    def template(self) -> str:
        """The sentence before its parameters are filled in: the message id of the translation."""
        return SENTENCES[self.code]
