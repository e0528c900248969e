"""What may be done to a contest. Every verb: keyword-only, atomic, locks, checks, writes facts, records one event.

Refusals are ValidationErrors with a `code`, defined beside the verb; their message says what to do next.
`at` is aware UTC, read by the door; `by` is the signed-in Employee; `contest` is a Contest row (locked again inside).

Straight verbs (a page, the API or a command calls them):

    setup.create(code, title, by, at, **fields) -> Contest            fields: any editable column, scheme as JSON
    setup.update(contest, by, at, **fields) -> Contest                draft: all; later: description, place, dates, quota (growing), chief …
    setup.set_scheme(contest, scheme: pure.scheme.Scheme, by, at) -> Contest     draft only
    setup.copy(contest, code, title, by, at) -> Contest               a draft with the same rules and panel
    panels.assign(contest, employee, role="judge", aspects=None, by, at) -> PanelMember   .warning says a tolerated conflict of interest
    panels.release(contest, member, by, at)                           before marks exist
    draw.redraw(contest, seed, reason, by, at) -> Contest             the start order alone, before judging
    marking.record(sheet_id, ops: Sequence[pure.marks.Op] (≤ 50), by, at) -> list[marking.Answer]
        Answer(op_id, answer "ok|conflict|locked|invalid", entry, aspect, value str|None, version int, code str, reason str)
    mark_tables.record(contest, group, upload: UUID, given: [Given(entry, aspect, value, version)], by, at) -> int   all or nothing
    signing.sign_off(sheet_id, version, digest="", signature="", by, at) -> Sheet      refused: blanks, other version
    signing.reopen(sheet_id, reason, by, at) -> Sheet                 chief judge
    corrections.correct(sheet_id, entry, aspect, value: str, reason, by, at) -> Mark   chief judge, after sign-off
    corrections.settle(contest, entry, aspect, value: str, reason, by, at) -> Mark     chief judge, contested worldskills aspect
    corrections.penalise(contest, entry, points: str, reason, by, at) -> Penalty
    corrections.cancel_penalty(penalty_id, reason, by, at) -> Penalty
    corrections.penalise_time(contest, entry, minutes: str, reason, by, at) -> Penalty  by the contest's time rule; '' minutes: as measured
    corrections.set_status(contest, entry, status, reason, by, at) -> Entry            "" dns dnf wd; dq takes agreement, below
    corrections.set_factor(contest, entry, aspect, factor: str, by, at) -> Factor
    changes.propose(contest, key: UUID, steps, reason, by, at) -> Change               a draft with the difference it would make
    changes.revise(change_id, steps=None) -> Change                                    other steps, or computed again
    changes.drop(change_id, by, at) · take_back(change_id, reason, by, at) -> Change
        steps: [{"kind": "mark", entry, aspect, judge, value} | {"kind": "penalty", entry, points} | {"kind": "cancel-penalty", penalty}
        | {"kind": "status", entry, status} | {"kind": "factor", entry, aspect, factor} | {"kind": "void-span", since, until, judge}]
        Corrections of `corrections` end with the review; once the result is shown, only these change it.
    certificates.save_template(title, layout, by, at, template=None, background=None, drops_background=False) -> CertificateTemplate
    certificates.issue(contest, template, by, at, most=None) -> Issued          final results only; twice does nothing twice
    certificates.supersede(contest, by, at, reason) -> Superseded     `results.rewrite` calls it; also revoke, reissue, check
    teams.substitute(registration, leaving, entering, reason, by, at) -> Teammate      keys of the team's rows, before judging
    events.create(code, title, by, at, **fields) · update(event, by, at, **fields) · attach(event, contest, by, at) · detach(…)
        `unit_boards.settle` looks at the boards of units again when a contest is final, corrected or cancelled.
    bundles.import_bundle(files: name → bytes, by, at, is_replacing=False) -> Contest
    bundles.export_bundle(contest) -> dict[file name, bytes]

Steps of a process (enter through `contests.flows`, which holds the process lock; all return the row as it is then):

    flows.submit(contest, by, at) -> Contest                          draft → approving, asks policy contest-publishing
    flows.apply(contest, employee, by, at, phone="", note="") -> Registration     asks policy contest-registration
    flows.apply_team(contest, unit, name, members, substitutes, by, at, phone="", note="") -> Registration     members: [(Employee, role)]
    flows.withdraw(registration, by, at, reason="") -> Registration   the waitlist moves up
    flows.review(registration, verb "approve"|"refuse", by, at, note="") -> Registration    the inbox does the same
    flows.close_registration(contest, by, at) -> Contest              published → closed; a sweep does it at its date
    flows.draw(contest, by, at, seed="", code_seed="") -> Contest     closed → drawn
    flows.start_judging(contest, by, at) -> Contest                   drawn → judging
    flows.close_judging(contest, by, at, reason="") -> Contest        judging → review, asks policy contest-round
    flows.sign_again(contest, by, at) -> Contest                      the panel anew: refused, or something changed
    flows.submit_result(contest, by, at) -> Contest                   asks again after a refusal, or for an imported contest
    flows.publish(contest, by, at) -> Contest                         notice over → final, points paid; the worker does it by itself
    flows.end_notice(contest, by, at, reason="") -> Contest           early: `manage.py contest end-notice`, administrators only
    flows.cancel(contest, reason, by, at) -> Contest
    flows.appeal(contest, key: UUID, kind, text, by, at, entry="", aspect="", files=(), accepted_by=None) -> Appeal
        until the notice ends; later only accepted by the union chair. While one is not settled the result does not become final.
    flows.name_arbitrators(appeal, people, by, at) -> Appeal          no conflicts of interest; asks policy contest-appeal
    flows.withdraw_appeal(appeal, by, at, reason="") -> Appeal
    flows.propose_disqualification(contest, entry, reason, by, at) -> Disqualification   asks policy contest-disqualification
    flows.withdraw_disqualification(row, by, at, reason="") -> Disqualification
    flows.propose_change(contest, key, steps, reason, by, at, appeal=None) -> Change
    flows.apply_change(change, by, at, shown="") -> Change            whole or not at all; shown: digest of the difference seen
    flows.settle_appeal(appeal, reason, by, at) -> Appeal             upheld, but nothing changes

Reads for pages are in `contests.queries` (contests, registrations, sheets, results, checks, eligibility).
"""
