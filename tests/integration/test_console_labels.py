"""Supervisors hear what was not understood and say what it was; each hearing is written down, and what they said
becomes both evaluation and training data."""

from __future__ import annotations

import asyncio
import csv
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from console_house import ConsoleHouse
from ivr_menus import real_menu
from spoken_words import hiss, line_of, spoken
from sqlalchemy import select
from test_ivr_kept_words import settled

from contact_centre.database import read_scope, session_scope
from contact_centre.facts import Fact, Kind
from contact_centre.journal import Journal
from contact_centre.tables import AuditEntry, CallRow, UtteranceRow
from ivr import evaluation
from ivr.evaluation_set import read_set
from ivr.kept_words import KeptWords
from ivr.labelled import export
from ivr.misheard import Misheard
from ivr.training.corpus import Corpus, write
from ivr.training.prepare import _labelled
from ivr.vocabulary import at_prompt


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
        for wrong in (
            {"label": "option", "option": "9"},
            {"label": "words", "words": " \x00 "},
            {"label": "words", "words": "pasipoti", "option": "9"},
            {"label": "made up"},
        ):
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


LABELS: list[tuple[str, dict[str, Any], str]] = [
    # what was said, what the supervisor says of it, and the option that comes of it
    ("naomba pasipoti", {"label": "option", "option": "2", "words": "naomba pasipoti"}, "pasipoti"),
    ("sasa pasipoti yangu ime-lost", {"label": "words", "words": "sasa pasipoti yangu ime-lost"}, "pasipoti"),
    ("ushuru tafadhali", {"label": "words", "option": "4", "words": "ushuru tafadhali"}, "ushuru"),
    ("habari za jioni", {"label": "nothing", "words": "habari za jioni"}, "-"),
    ("", {"label": "nothing"}, "-"),
]


async def test_a_labelled_clip_becomes_evaluation_and_training_data(
    console: ConsoleHouse, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The whole loop: kept on a call, labelled on the page's routes, exported, measured, and read by training."""
    menu, clips, out = real_menu(), console.settings.utterances_dir, tmp_path / "export"
    Journal(console.engine, tmp_path / "spool").append(
        *(
            Fact(kind, datetime.now(UTC), "loop", payload={"entry": "main"})
            for kind in (Kind.CALL_ENTERED, Kind.RECORDING_ARMED)
        )
    )
    keeper = KeptWords(console.engine, clips)
    options = at_prompt(menu, "main", "sw")
    sounds = [line_of(0.3, spoken(said, "sw") if said else hiss(1.0), 0.4) for said, *_ in LABELS]
    keeper.offer(
        "loop", [Misheard(datetime.now(UTC), "sw", "main", None, "reject", 0.1, options, sound) for sound in sounds]
    )
    await asyncio.to_thread(settled, keeper)
    keeper.close()
    async with console.sign_in("sam") as sam:
        shown = (await sam.get("/api/utterances")).json()["utterances"]
        assert len(shown) == len(LABELS)
        for one, (_, body, _) in zip(shown, LABELS, strict=True):
            assert (await sam.put(f"/api/utterances/{one['id']}/label", json=body)).status_code == 204
    assert export(console.engine, clips, out, datetime.now(UTC), menu) == len(LABELS)

    found = read_set(out)
    assert not found.complaints, "every clip serves evaluation"
    assert [one.truth or "-" for one in found.recordings] == [option for _, _, option in LABELS]
    assert evaluation.main([str(out), "--into", str(tmp_path / "measured")]) == 0
    with (tmp_path / "measured" / "accuracy.csv").open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["language"], row["n"], row["outside_n"]) == ("sw", "3", "2")
    assert "sw, as recorded" in capsys.readouterr().out

    written = [body["words"].replace("-", "") for _, body, _ in LABELS if body.get("words")]
    assert write(tmp_path / "labelled", _labelled(out)) == len(written), "and whatever was written down, training"
    corpus = Corpus(tmp_path / "labelled")
    assert [one.text for one in corpus.utterances] == written
    assert all(one.phones and one.length for one in corpus.utterances)
