"""States written before every verb was possible: places become parts and seats, ballots become acts."""

from django.db import migrations


def convert(apps, schema_editor):
    approvals = apps.get_model("approvals", "Approval").objects.exclude(state={})
    for approval in approvals.only("pk", "state", "deadlines", "due_at").iterator(chunk_size=500):
        if "acts" not in approval.state:
            approval.state = converted(approval.state)
            # A deadline of before only reminded; its time stays to be read.
            approval.save(update_fields=["state"])


def converted(old):
    places = {}
    for key, step in old["steps"].items():
        places[key] = [
            [{"mode": "all", "is_own": True, "seats": [
                {name: value for name, value in (("person", row["person"]), ("pool", row["pool"]), ("verb", row["verb"])) if value}
            ]}]
            for row in step["places"]
            if row["person"] != "system"
        ]
    acts = []
    for number, row in enumerate(old["ballots"], 1):
        act = {"seq": number, "round": row["round"], "step": row["step"], "person": row["person"], "verb": row["verb"]}
        people = [place[0]["seats"][0].get("person") for place in places.get(row["step"], [])]
        if row["person"] in people:
            act |= {"place": people.index(row["person"]), "part": 0, "seat": 0}
        acts.append(act | {name: row[name] for name in ("note",) if row[name]} | ({"status": "void"} if row["is_void"] else {}))
    people = sorted({seat["seats"][0].get("person", "") for rows in places.values() for [seat] in rows} - {""})
    return {
        "applicant": old["applicant"], "status": old["status"], "round": old["round"], "minute": 0, "suspended_from": "",
        "urged_minute": None, "acts": acts, "picks": {}, "recused": [], "asked": people, "copied": [],
        "substitutions": [], "ended_substitutions": [],
        "steps": {
            key: {"status": step["status"], "places": places[key], "clock_minutes": None, "turn": -1, "opened_seq": 0,
                  "is_target": False}
            for key, step in old["steps"].items()
        },
    }


class Migration(migrations.Migration):
    dependencies = [("approvals", "0003_every_verb")]
    operations = [migrations.RunPython(convert, migrations.RunPython.noop, elidable=False)]
