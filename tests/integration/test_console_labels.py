"""Supervisors hear what was not understood and say what it was; each hearing is written down."""

from __future__ import annotations

from datetime import UTC, datetime

from console_house import ConsoleHouse
from sqlalchemy import select

from contact_centre.database import read_scope, session_scope
from contact_centre.tables import AuditEntry, CallRow, UtteranceRow


def an_utterance(console: ConsoleHouse) -> int:
    folder = console.settings.utterances_dir
    folder.mkdir(parents=True)
    (folder / "one.flac").write_bytes(b"fLaC" + bytes(60))
    with session_scope(console.engine) as session:
        session.add(CallRow(id="one", entry="main", path=[], state="ended", entered_at=datetime.now(UTC), note=""))
        session.flush()
        options = {"1": ["pasipoti", "nataka pasipoti"], "0": ["mhudumu"]}
        about = {"language": "sw", "node": "main", "heard": "ushuru", "level": "reject", "confidence": 0.2}
        row = UtteranceRow(
            call_id="one", at=datetime.now(UTC), options=options, path="one.flac", duration_s=1.0, snr_db=20.0, **about
        )
        session.add(row)
        session.flush()
        return row.id


async def test_words_are_heard_labelled_and_taken_back(console: ConsoleHouse) -> None:
    number = an_utterance(console)
    url = f"/api/utterances/{number}"
    async with console.sign_in("sam") as sam, console.sign_in("asha") as asha:
        assert (await asha.get("/api/utterances")).status_code == 403
        assert (await asha.get(f"{url}/sound")).status_code == 403
        shown = (await sam.get("/api/utterances")).json()
        assert (shown["to_label"], shown["labelled"], shown["kept_days"]) == (1, 0, 30)
        (one,) = shown["utterances"]
        assert one["options"] == {"1": "pasipoti", "0": "mhudumu"}
        assert one["node_title"] == {"en": "Main menu", "sw": "Menyu kuu"}
        heard = await sam.get(f"{url}/sound")
        assert (heard.status_code, heard.headers["content-type"]) == (200, "audio/flac")
        assert heard.headers["cache-control"] == "private, no-store"
        for wrong in ({"label": "option", "option": "9"}, {"label": "words", "words": " \x00 "}, {"label": "made up"}):
            assert (await sam.put(f"{url}/label", json=wrong)).status_code == 422
        assert (await sam.put(f"{url}/label", json={"label": "option", "option": "1"})).status_code == 204
        assert (await sam.get("/api/utterances")).json()["to_label"] == 0
        assert (await sam.delete(f"{url}/label")).status_code == 204
        assert (
            await sam.put(f"{url}/label", json={"label": "words", "words": " nataka  pasipoti "})
        ).status_code == 204
        assert (await sam.put("/api/utterances/99/label", json={"label": "skipped"})).status_code == 404
        assert (await sam.get("/api/utterances/99/sound")).status_code == 404
    with read_scope(console.engine) as session:
        row = session.get(UtteranceRow, number)
        assert row is not None
        assert (row.label, row.option, row.words) == ("words", None, "nataka pasipoti")
        done = [a for a in session.scalars(select(AuditEntry.action)) if a.startswith("utterance")]
    assert done == ["utterance_heard", "utterance_labelled", "utterance_label_undone", "utterance_labelled"]
