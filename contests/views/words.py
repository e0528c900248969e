"""The words of pages whose text is drawn in the browser."""

from __future__ import annotations

from django.utils.translation import gettext as _

from contests.pure.scheme import Aspect


def pad_words() -> dict[str, str]:
    """Return the pad's sentences in the reader's language; {names} are filled in by the page."""
    return _marking() | _sending() | _judging() | _signing()


def _marking() -> dict[str, str]:
    return {
        "number": _("No. {n}"),
        "range": _("out of {most}, steps of {step}"),
        "levelRange": _("0 to 3; shown when all three have given theirs"),
        "less": _("less"),
        "more": _("more"),
        "nothing": _("no mark"),
        "previous": _("Previous"),
        "next": _("Next"),
        "review": _("Review and sign"),
        "contestants": _("Contestants"),
        "mySheets": _("My score sheets"),
        "judge": _("Judge"),
        "trainee": _("for practice, not counted"),
        "progress": _("{n} of {total} marks"),
        "absent": _("does not take part"),
        "recused": _("recused"),
        "recusedLong": _("You do not judge this contestant: somebody declared a conflict of interest."),
        "givenBefore": _("marked by the judge you replaced"),
        "nobody": _("Nobody has been drawn yet."),
        "good": _("good"),
        "bad": _("bad"),
        "level0": _("below standard"),
        "level1": _("meets standard"),
        "level2": _("above standard"),
        "level3": _("excellent"),
    }


def _sending() -> dict[str, str]:
    return {
        "waiting": _("stored on this tablet"),
        "saved": _("on the server"),
        "draft": _("half typed"),
        "conflict": _("Two tablets disagree"),
        "mine": _("Keep mine: {value}"),
        "theirs": _("Take the server’s: {value}"),
        "offline": _("The server cannot be reached. {n} marks wait on this tablet and are sent by themselves."),
        "expired": _("You are signed out. {n} marks wait on this tablet."),
        "signIn": _("Sign in again in a new tab"),
        "foreign": _("Another person is signed in here. {n} marks of this sheet wait: let its judge sign in again."),
        "offlineReady": _("works offline"),
        "offlineBusy": _("preparing offline use …"),
        "offlineFailed": _("not kept for offline use: keep this page open"),
        "insecureShort": _("keep this page open"),
        "insecure": _(
            "This address is plain http: marks are stored on this tablet, but the page cannot be opened again without the"
            " server. Keep it open; the operations manual tells how to set up https."
        ),
        "storageFull": _("This tablet could not store a mark: free some space, or use another tablet."),
        "broken": _("This browser cannot store marks: use another browser or leave private mode."),
        "lateMarks": _("{n} marks came after the sheet was closed and do not count. Tell the chief judge."),
        "lateChoose": _("{n} marks came while the sheet was closed and did not count: choose which stand now."),
        "locked": _("This sheet is signed or closed; it can only be read."),
        "record": _("Local record"),
        "csvContestant": _("Contestant"),
        "csvAspect": _("Aspect"),
        "csvMark": _("Mark on this tablet"),
        "csvServer": _("Mark on the server"),
        "csvState": _("State"),
        "csvReason": _("Reason"),
    }


def _judging() -> dict[str, str]:
    return {
        "committed": _("given; waiting for the other judges"),
        "contested": _("Marks more than 1 apart"),
        "contestedLeader": _("Talk it over, then have the mark given again with a reason."),
        "contestedJudge": _("The group leader has these marks given again, or the chief judge decides."),
        "again": _("Have it given again"),
        "againLong": _("The three marks are cleared and given once more; the first ones stay on record."),
        "againAsked": _("To be given again:"),
        "reason": _("Reason"),
        "cancel": _("Cancel"),
        "notNow": _("That did not work now. Try again."),
    }


def _signing() -> dict[str, str]:
    return {
        "missing": _("{n} marks are still missing:"),
        "complete": _("Every mark is given. After signing only the chief judge can change one."),
        "unsent": _("Not sent yet: wait until every mark is on the server."),
        "unusual": _("Unusual for you, look again:"),
        "usual": _("usually {value}"),
        "signHere": _("Sign here with your finger or pen"),
        "typeName": _("or type your name"),
        "clear": _("Clear"),
        "sign": _("I have checked everything: sign"),
        "goOn": _("Go on marking"),
        "close": _("Close"),
        "signFirst": _("Write your signature, or type your name."),
        "signed": _("Signed. Thank you."),
        "signedAt": _("You signed this sheet on {at}; it can only be read."),
        "closedUnsigned": _("The sheet was closed without your signature; it can only be read."),
        "reopened": _(
            "The chief judge opened this sheet again: {reason}. Look it over, change what is wrong, then sign it again."
        ),
        "sheetsSigned": _("{n} of the panel’s {total} sheets are signed."),
        "round": _("Sign-off of the round"),
        "round-running": _("being signed"),
        "round-signed": _("signed by all"),
        "round-refused": _("not signed"),
        "round-void": _("void: something changed"),
        "signedNames": _("Signed: {names}"),
        "askedNames": _("Asked now: {names}"),
        "yourTurn": _("It is your turn to sign the totals of the round."),
        "signRound": _("Sign the round"),
        "roundSigned": _("Everybody has signed: nothing is left for you to do."),
        "roundRefused": _("Somebody did not sign ({reason}). The chief judge decides how to go on."),
        "roundVoid": _("{reason}: the panel is asked again when every sheet is signed."),
        "digest": _("Digest"),
        "differs": _(
            "The server held other marks than this tablet showed. They are shown now: look them over, then sign."
        ),
    }


def combines() -> dict[str, str]:
    """Return what each way to make one of several judges' marks is called."""
    return {
        "mean": _("mean"),
        "trimmed-mean": _("mean without the extremes"),
        "median": _("median"),
        "sum": _("sum"),
        "worldskills": _("WorldSkills 0–3"),
    }


def combined_by(aspect: Aspect) -> str:
    """Return in words how the marks of an aspect become one."""
    if not aspect.trim:
        return combines()[aspect.combine]
    return _("mean without the %(n)s highest and lowest, from %(count)s judges on") % {
        "n": aspect.trim, "count": aspect.trim_from
    }  # fmt: skip


def scheme_words() -> dict[str, str]:
    """Return the words of the marking-scheme editor."""
    return {
        "group": _("Group"),
        "weight": _("Weight"),
        "addGroup": _("Add a group"),
        "addAspect": _("Add an aspect"),
        "title": _("Aspect"),
        "kind": _("Kind"),
        "judgement": _("judgement (every judge)"),
        "measurement": _("measurement (one value)"),
        "min": _("Lowest mark"),
        "max": _("Full marks"),
        "step": _("Step"),
        "combine": _("Marks are combined by"),
        **combines(),
        "trim": _("Dropped at each end"),
        "trimFrom": _("From this many judges"),
        "factor": _("Factor"),
        "zeroIsMissing": _("Zero is no mark"),
        "roundCombined": _("Round the combined mark"),
        "roundFactor": _("Round after the factor"),
        "levels": _("What each level looks like"),
        "level": _("Level {n}"),
        "more": _("More settings"),
        "up": _("Up"),
        "down": _("Down"),
        "copy": _("Duplicate"),
        "remove": _("Remove"),
        "removed": _("Removed: {title}"),
        "undo": _("Undo"),
        "points": _("{n} points"),
        "share": _("{n} % of the total"),
        "total": _("Full marks in all: {n}"),
        "notHundred": _("not 100"),
        "places": _("Decimals kept"),
        "rounding": _("Rounding"),
        "half-up": _("half up"),
        "half-even": _("half to even"),
        "truncate": _("cut off"),
        "scale": _("Scale"),
        "scalePoints": _("plain points"),
        "scaleStandardised": _("standardised (median 700)"),
        "ranking": _("Ranking: the first decides, the next break ties"),
        "addCriterion": _("Add a criterion"),
        "criterionTotal": _("Total"),
        "lowerWins": _("lower wins"),
        "whole": _("For the whole sheet"),
        "here": _("Look here"),
    }


def verifier_words(*, is_public: bool = True) -> dict[str, str]:
    """Return the words of the verifier; before a result is public it compares with what the server computes now."""
    compared = {
        "same": _("equals the published total"),
        "allSame": _("All {n} totals and ranks computed here equal the published ones."),
        "ownSame": _("Your total computed here equals the published one."),
        "someWrong": _("{n} totals differ from the published ones: show this page to the organiser."),
        "differs": _("{what}: computed here {here}, published {published}"),
    }
    if not is_public:
        compared = {
            "same": _("equals what the server computes"),
            "allSame": _("All {n} totals and ranks computed here equal those of the server."),
            "ownSame": _("The total computed here equals that of the server."),
            "someWrong": _("{n} totals differ from those of the server: show this page to the administrator."),
            "differs": _("{what}: computed here {here}, on the server {published}"),
        }
    return compared | {
        "other": _("differs"),
        "total": _("Total"),
        "rank": _("Rank"),
        "standardised": _("Standardised"),
        "penalty": _("Penalty"),
        "drop": _("drop"),
        "mean": _("mean"),
        "trimmed-mean": _("mean"),
        "median": _("median"),
        "sum": _("sum"),
        "settled": _("settled by the chief judge:"),
        "measurement": _("value"),
        "rounded": _("rounded"),
        "floor": _("never below 0"),
        "open": _("not marked: counts 0"),
        "contested": _("contested: counts 0"),
    }
