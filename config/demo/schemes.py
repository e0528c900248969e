"""Marking schemes of the demo's contests, as a skills festival would have them."""

from __future__ import annotations

from decimal import Decimal

from contests.pure.scheme import Aspect, Contest, Group, Ranking, Scheme

# trade → what the judges look at in the practical part (title, what full marks are)
PRACTICAL: dict[str, tuple[tuple[str, int], ...]] = {
    "welder": (("焊缝外观成形", 25), ("焊缝尺寸", 20), ("操作规范", 20), ("内部质量（射线）", 25), ("安全文明", 10)),
    "fitter": (("尺寸精度", 30), ("形位公差", 25), ("表面粗糙度", 15), ("装配配合", 20), ("安全文明", 10)),
    "electrician": (("接线工艺", 25), ("程序设计", 30), ("故障排除", 30), ("安全文明", 15)),
    "crane": (("定点停放", 30), ("绕杆运行", 30), ("稳钩", 25), ("安全文明", 15)),
    "turner": (("尺寸精度", 40), ("表面质量", 25), ("工艺编排", 20), ("安全文明", 15)),
    "analyst": (("称量与配制", 25), ("滴定操作", 30), ("数据处理", 30), ("安全文明", 15)),
    "instrument": (("校验准确度", 35), ("回路接线", 25), ("故障排除", 25), ("安全文明", 15)),
    "forklift": (("叉货堆垛", 35), ("窄道行驶", 30), ("定位精度", 20), ("安全文明", 15)),
    "rigger": (("吊具选择", 25), ("指挥信号", 30), ("就位精度", 30), ("安全文明", 15)),
    "furnace": (("炉况判断", 35), ("操作参数", 35), ("应急处置", 20), ("安全文明", 10)),
}
AWARD_TABLE = {
    "rows": [
        {"rank_from": 1, "rank_to": 1, "points": 1000},
        {"rank_from": 2, "rank_to": 2, "points": 800},
        {"rank_from": 3, "rank_to": 3, "points": 600},
        {"rank_from": 4, "rank_to": 8, "points": 300},
    ],
    "participation_points": 80,
}


def scheme(code: str, title: str, trade: str) -> Scheme:
    """Return theory (one measured mark) and practical aspects: five judges, highest and lowest dropped."""
    theory = Aspect(
        code="theory", group="theory", title="理论成绩", kind="measurement", minimum=Decimal(0),
        maximum=Decimal(100), step=Decimal("0.5"), combine="mean", factor=Decimal("0.3"),
    )  # fmt: skip
    practical = tuple(
        Aspect(
            code=f"practical-{number}", group="practical", title=name, kind="judgement", minimum=Decimal(0),
            maximum=Decimal(full), step=Decimal("0.5"), combine="trimmed-mean", trim=1, trim_from=5,
            factor=Decimal("0.7"),
        )
        for number, (name, full) in enumerate(PRACTICAL[trade], 1)
    )  # fmt: skip
    return Scheme(
        contest=Contest(code=code, title=title, places=2),
        groups=(Group(code="theory", title="理论"), Group(code="practical", title="实操")),
        aspects=(theory, *practical),
        ranking=Ranking(order=("total", "group:practical", "aspect:practical-1")),
    )
