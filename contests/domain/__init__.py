"""What may be done to a contest. Every verb: keyword-only, atomic, locks, checks, writes facts, records one event.

Refusals are ValidationErrors with a `code`, defined beside the verb; their message says what to do next.
`at` is aware UTC, read by the door; `by` is the signed-in Employee; `contest` is a Contest row (locked again inside).

Straight verbs (a page, the API or a command calls them):

    setup.create(code, title, by, at, **fields) -> Contest            fields: any editable column, scheme as JSON
    setup.update(contest, by, at, **fields) -> Contest                draft: all; later: description, place, dates, quota (growing), chief …
    setup.set_scheme(contest, scheme: pure.scheme.Scheme, by, at) -> Contest     draft only
    setup.cancel(contest, reason, by, at) -> Contest
    setup.copy(contest, code, title, by, at) -> Contest               a draft with the same rules and panel
    panels.assign(contest, employee, role="judge", aspects=None, by, at) -> PanelMember   .warning says a tolerated conflict of interest
    panels.release(contest, member, by, at)                           before marks exist
    draw.preview(contest, seed) -> list[(code, Registration)]
    marking.record(sheet_id, ops: Sequence[pure.marks.Op] (≤ 50), by, at) -> list[marking.Answer]
        Answer(op_id, answer "ok|conflict|locked|invalid", entry, aspect, value str|None, version int, code str, reason str)
    signing.sign_off(sheet_id, version, digest="", signature="", by, at) -> Sheet      refused: blanks, other version
    signing.reopen(sheet_id, reason, by, at) -> Sheet                 chief judge
    corrections.correct(sheet_id, entry, aspect, value: str, reason, by, at) -> Mark   chief judge, after sign-off
    corrections.settle(contest, entry, aspect, value: str, reason, by, at) -> Mark     chief judge, contested worldskills aspect
    corrections.penalise(contest, entry, points: str, reason, by, at) -> Penalty
    corrections.cancel_penalty(penalty_id, reason, by, at) -> Penalty
    corrections.set_status(contest, entry, status, reason, by, at) -> Entry            "" dns dnf dq wd
    corrections.set_factor(contest, entry, aspect, factor: str, by, at) -> Factor
    bundles.import_bundle(folder: Path | dict[name, bytes], by, at, is_replacing=False) -> Contest
    bundles.export_bundle(contest) -> dict[file name, bytes]

Steps of a process (enter through `contests.flows`, which holds the process lock):

    flows.submit(contest, by, at) -> Approval|None                    draft → approving (go-live checklist)
    flows.apply(contest, employee, phone="", note="", by, at) -> Registration
    flows.withdraw(registration, reason="", by, at) -> Registration   the waitlist moves up
    flows.review(registration, verb "approve|refuse", note, by, at)   through engine.approvals; the inbox does the same
    flows.close_registration(contest, by, at)
    flows.draw(contest, seed="", by, at) -> Contest                   entries with codes; closed → drawn
    flows.start_judging(contest, by, at) -> Contest                   sheets; drawn → judging
    flows.close_judging(contest, by, at) -> Contest                   chief judge; judging → review, asks approval contest-result
    flows.end_notice(contest, by, at)                                 administrator's command only
    flows.publish(contest, by, at) -> Contest                         notice over → final, award

Reads for pages: `contests.queries` (contests, registrations, sheets, results): see there.
"""
