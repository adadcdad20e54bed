"""Labelled words on disk: `huduma speech export DIR` writes them, evaluation and training read them.

`DIR/manifest.tsv` has a line for each clip, with these columns (tabs between them; empty where it is not known):

- `file`: the clip beside it, FLAC or WAV at 8 kHz, mono;
- `language`: `en` or `sw`, in which an answer was expected;
- `text`: the exact words, in letters; what training needs;
- `option`: the phrase of the menu's option that was meant; what evaluation needs. A person chose it, or the menu
  understood the words so; `-`: no words were said, or none to act on;
- `speaker`: `s0001`, …: the same caller within one export, and nobody outside it;
- `snr`: how much louder the speech is than the line (dB);
- `node`: where in the menu it was said;
- `phrases`: everything that could be said there: options between `;`, the phrases of one between `|`, its name first.
"""

from __future__ import annotations

import argparse
import csv
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, select

from citizen_services.catalogue_file import load_catalogue
from contact_centre.database import connect, session_scope
from contact_centre.errors import BadInput, FileMistake
from contact_centre.settings import load_settings
from contact_centre.tables import AuditEntry, CallRow, UtteranceRow
from ivr.meant_option import option_meant
from ivr.menu_file import load_menu
from ivr.nodes import Menu

MANIFEST = "manifest.tsv"
NO_WORDS = "-"
"""In the column `option`."""
LABELS = ("option", "words", "nothing")


@dataclass(frozen=True, slots=True)
class Labelled:
    """One line of a manifest; see above for what each column means."""

    file: str
    language: str
    text: str
    option: str
    speaker: str
    snr: str
    node: str
    phrases: str

    @property
    def options(self) -> dict[str, tuple[str, ...]]:
        """What could be said there: for each option's name all its phrases, the name among them."""
        groups = [tuple(group.split("|")) for group in self.phrases.split(";") if group]
        return {group[0]: group for group in groups}


def read_manifest(folder: Path) -> list[Labelled]:
    """The lines of a manifest; columns that are not named above are passed over, those that are missing are empty.

    Raises:
        FileMistake: there is none, a line has no file or language, or a file that is not in the folder.
    """
    path = folder / MANIFEST
    if not path.is_file():
        raise FileMistake(path, None, "there is no manifest; `huduma speech export DIR` writes one")
    rows = []
    with path.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file, delimiter="\t"), 2):
            made = Labelled(*((row.get(column.name) or "").strip() for column in fields(Labelled)))
            if made.language not in {"en", "sw"}:
                raise FileMistake(path, number, "the language is en or sw")
            clip = (folder / made.file).resolve()
            if not made.file or not clip.is_relative_to(folder.resolve()) or not clip.is_file():
                raise FileMistake(path, number, "the clip is not in this directory")
            rows.append(made)
    return rows


def write_manifest(folder: Path, rows: Iterable[Labelled]) -> None:
    """Write one, for this account alone."""
    with open(os.open(folder / MANIFEST, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        table = csv.writer(file, delimiter="\t", lineterminator="\n")
        table.writerow([column.name for column in fields(Labelled)])
        table.writerows(astuple(row) for row in rows)


def main(argv: list[str]) -> int:
    """`huduma speech export DIR`."""
    parser = argparse.ArgumentParser(prog="huduma speech export", description=__doc__.partition("\n")[0])
    parser.add_argument("directory", type=Path, help="is made; it must not hold an export already")
    given = parser.parse_args(argv)
    settings = load_settings()
    menu = load_menu(settings.menu, load_catalogue(), settings.opens, settings.closes)
    engine = connect(settings.url)
    try:
        count = export(engine, settings.utterances_dir, given.directory, datetime.now(UTC), menu)
    finally:
        engine.dispose()
    print(f"{count} clips in {given.directory}. They are voices of people who agreed to be recorded by this centre:")
    print("whoever has the directory keeps it as safe as the recordings, and deletes it when it has served.")
    return 0


def export(engine: Engine, clips: Path, directory: Path, now: datetime, menu: Menu) -> int:
    """Copy every labelled clip and write the manifest; give how many. Who was exported when is in the audit log.

    `menu` understands words whose option nobody chose.

    Raises:
        BadInput: the directory holds an export already.
    """
    if (directory / MANIFEST).exists():
        raise BadInput(f"{directory} holds an export already: name another directory")
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    with session_scope(engine) as session:
        chosen = select(UtteranceRow, CallRow.number_id).join(CallRow, CallRow.id == UtteranceRow.call_id)
        found = session.execute(chosen.where(UtteranceRow.label.in_(LABELS)).order_by(UtteranceRow.id)).all()
        rows = list(_copied([(row, number_id) for row, number_id in found], clips, directory, menu))
        write_manifest(directory, rows)
        session.add(AuditEntry(at=now, account_id=None, action="utterances_exported", subject=f"clips:{len(rows)}"))
    return len(rows)


def _copied(
    found: Iterable[tuple[UtteranceRow, int | None]], clips: Path, directory: Path, menu: Menu
) -> Iterator[Labelled]:
    speakers: dict[int | str, str] = {}
    for row, number_id in found:
        source = clips / row.path
        if not source.is_file():
            continue  # too old: it was deleted a moment ago
        name = f"u{row.id:06d}.flac"
        shutil.copyfile(source, directory / name)
        (directory / name).chmod(0o600)
        who = row.call_id if number_id is None else number_id
        options: dict[str, list[str]] = {key: phrases for key, phrases in row.options.items() if phrases}
        yield Labelled(
            file=name,
            language=row.language,
            text=row.words or "",
            option=_option(row, options, menu),
            speaker=speakers.setdefault(who, f"s{len(speakers) + 1:04d}"),
            snr="" if row.snr_db is None else f"{row.snr_db:.1f}",
            node=row.node,
            phrases=";".join("|".join(phrases) for phrases in options.values()),
        )


def _option(row: UtteranceRow, options: dict[str, list[str]], menu: Menu) -> str:
    if row.label == "nothing":
        return NO_WORDS
    chosen = row.option or option_meant(menu, row.words or "", row.node, options)
    return options[chosen][0] if chosen in options else ""
