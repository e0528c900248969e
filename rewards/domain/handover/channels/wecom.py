"""WeCom's leave quota 企业微信假期余额.

Contract (developer.work.weixin.qq.com, documents 93375–93377): `getcorpconf` tells each leave's unit of time,
`getuservacationquota` a member's quotas, `setoneuserquota` sets what is left as an *absolute* number of seconds: a multiple
of 8,640 (a tenth of a day of 86,400) where leave is counted in days, of 360 where in hours; at most 1,000 days. Errors:
40014, 42001 the token is over; 45009, 45033 too fast (600 a minute); 60111 no such member; 301062 no permission.

Because the number is absolute, one person's rows go one after the other (`outbox` holds their lane), what was read is kept
before it is written, and it is read back afterwards. A repetition that finds neither the old nor the new number stops.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.cache import cache

from rewards.domain.handover.channels.answers import Answer, NotSent, Refused, TooFast, Unsure
from rewards.domain.handover.channels.http import ask
from rewards.domain.handover.content import key_of
from rewards.models import HandOver

if TYPE_CHECKING:
    from rewards.domain.handover.channels import Keep

TOKEN_IS_OVER = {40014, 42001}
TOO_FAST = {45009, 45033}
NEVER = {60111, 301062}
BY_HOURS = 1
SECONDS_A_DAY = 86_400
MOST_SECONDS = 1000 * SECONDS_A_DAY
TOKEN, HALF_DAY, UNIT = "token", "half-day", "unit"


def _kept(what: str) -> str:
    """Return the cache's key of something WeCom said; another address, company or leave has keys of its own."""
    place = f"{settings.WECOM_API_URL}\n{settings.WECOM_CORP_ID}\n{settings.WECOM_VACATION_ID}"
    return f"leave-wecom-{what}-{hashlib.sha256(place.encode()).hexdigest()[:16]}"


def is_configured() -> bool:
    """Whether WECOM_VACATION_ID is set."""
    return bool(settings.WECOM_VACATION_ID)


def send(row: HandOver, *, keep: Keep) -> Answer:
    """Raise or lower what a member has left by the grant's half days, once, and read it back."""
    change = row.grant.half_days * half_day_seconds()
    plan: dict[str, Any] = dict(row.plan)
    left = _left(row.grant.employee.number)
    if "target" not in plan:
        plan |= {"before": left, "target": _target(left, change, row.verb)}
        keep(plan)
    elif left not in {plan["before"], plan["target"]}:
        raise Unsure(f"{left} seconds left: neither {plan['before']} nor {plan['target']}")
    if left != plan["target"]:
        _set(row, plan["target"])
        found = _left(row.grant.employee.number)
        if found != plan["target"]:
            raise Unsure(f"{found} seconds read back instead of {plan['target']}")
    return Answer(f"wecom:{settings.WECOM_VACATION_ID}:{plan['before']}>{plan['target']}", row.grant.half_days)


def _target(left: int, change: int, verb: str) -> int:
    target = left + change if verb == HandOver.Verb.GRANT else left - change
    if target < 0:
        raise Refused("fewer days are left than were granted: they have been taken")
    if target > MOST_SECONDS:
        raise Refused("more than 1000 days would be left")
    return target


def half_day_seconds() -> int:
    """Return how many seconds WeCom counts for half a day of the configured leave; asked once in ten minutes."""
    known: int | None = cache.get(_kept(HALF_DAY))
    if known is None:
        rows = _call("oa/vacation/getcorpconf")["lists"]
        found = next((row for row in rows if str(row.get("id")) == settings.WECOM_VACATION_ID), None)
        if found is None:
            raise NotSent(f"there is no leave {settings.WECOM_VACATION_ID} in WeCom")
        is_by_hours = found.get("time_attr") == BY_HOURS
        known = int(found.get("perday_duration") or SECONDS_A_DAY) // 2 if is_by_hours else SECONDS_A_DAY // 2
        cache.set(_kept(HALF_DAY), known, 600)
        cache.set(_kept(UNIT), int(is_by_hours), 900)
    return known


def _left(member: str) -> int:
    rows = _call("oa/vacation/getuservacationquota", {"userid": member}).get("lists") or []
    found = next((row for row in rows if str(row.get("id")) == settings.WECOM_VACATION_ID), None)
    if found is None:
        raise NotSent(f"the member has no leave {settings.WECOM_VACATION_ID} in WeCom")
    return int(found["leftduration"])


def _set(row: HandOver, seconds: int) -> None:
    half_day_seconds()
    _call(
        "oa/vacation/setoneuserquota",
        {
            "userid": row.grant.employee.number,
            "vacation_id": int(settings.WECOM_VACATION_ID),
            "leftduration": seconds,
            "time_attr": int(cache.get(_kept(UNIT)) or 0),
            "remarks": f"{row.grant.redemption.item.title} {key_of(row)}"[:200],
        },
    )


def _call(path: str, content: dict[str, Any] | None = None, *, may_renew: bool = True) -> dict[str, Any]:
    """Call WeCom; a token that is over is renewed once."""
    query = urlencode({"access_token": _token()})
    body = None if content is None else json.dumps(content, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json; charset=utf-8"}
    answer = ask(f"{settings.WECOM_API_URL}/cgi-bin/{path}?{query}", body=body, headers=headers)
    code = answer.get("errcode", 0)
    if code in TOKEN_IS_OVER and may_renew:
        cache.delete(_kept(TOKEN))
        return _call(path, content, may_renew=False)
    _demand(answer)
    return answer


def _token() -> str:
    known: str | None = cache.get(_kept(TOKEN))
    if known is None:
        query = urlencode({"corpid": settings.WECOM_CORP_ID, "corpsecret": settings.WECOM_LEAVE_SECRET})
        answer = ask(f"{settings.WECOM_API_URL}/cgi-bin/gettoken?{query}")
        _demand(answer)
        known = str(answer["access_token"])
        cache.set(_kept(TOKEN), known, max(60, int(answer.get("expires_in", 7200)) - 300))
    return known


def _demand(answer: dict[str, Any]) -> None:
    code = answer.get("errcode", 0)
    if code:
        kind = TooFast if code in TOO_FAST else Refused if code in NEVER else NotSent
        raise kind(f"{code} {str(answer.get('errmsg', ''))[:120]}")
