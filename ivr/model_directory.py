"""What a directory must hold to be a Vosk model: a corrupt or foreign one is refused when the house starts."""

from __future__ import annotations

import mmap
from pathlib import Path

from contact_centre.errors import FileMistake
from ivr.vosk_words import UNKNOWN

NEEDED: tuple[tuple[str, ...], ...] = (
    ("am/final.mdl", "final.mdl"),
    ("conf/mfcc.conf", "mfcc.conf"),
    ("graph/HCLG.fst", "graph/HCLr.fst", "HCLG.fst", "HCLr.fst"),
)
"""One of each row: models are laid out in an older, flat way and in a newer one."""
SMALLEST = 100_000
"""A network or graph is never smaller (bytes)."""
GRAPH = bytes.fromhex("d6fdb27e")
"""What every graph's file begins with."""


def check_directory(directory: Path) -> None:
    """Look at a model without loading it.

    Raises:
        FileMistake: it is not a Vosk model, or a part is missing or cut; the reason is told.
    """
    if not directory.is_dir():
        raise FileMistake(directory, None, "there is no such directory; a Vosk model is one, unpacked")
    nested = [one for one in directory.iterdir() if one.is_dir() and (one / "am").is_dir()]
    for names in NEEDED:
        found = [directory / name for name in names if (directory / name).is_file()]
        if not found:
            where = f"; point to {nested[0].name} inside it" if nested else ""
            raise FileMistake(directory, None, f"this is no Vosk model: {names[0]} is not there{where}")
        size = found[0].stat().st_size
        if size == 0 or (found[0].suffix in {".mdl", ".fst"} and size < SMALLEST):
            raise FileMistake(found[0], None, f"this part of a Vosk model is cut: {size} bytes; fetch the model again")
        if found[0].suffix == ".fst":
            _check_graph(found[0])
    for graph in ("graph/HCLr.fst", "HCLr.fst"):
        beside = (directory / graph).with_name("Gr.fst")
        if (directory / graph).is_file() and not beside.is_file():
            raise FileMistake(directory, None, f"this Vosk model lacks {beside.relative_to(directory)}")
        if beside.is_file():
            _check_graph(beside)
    network = next(path for name in NEEDED[0] if (path := directory / name).is_file())
    with network.open("rb") as file:
        if b"<TransitionModel>" not in file.read(64):
            raise FileMistake(network, None, "this is no Kaldi acoustic model")


def _check_graph(path: Path) -> None:
    with path.open("rb") as file:
        if file.read(len(GRAPH)) != GRAPH:
            raise FileMistake(path, None, "this is no graph of OpenFst: fetch the model again")


def unknown_word(directory: Path) -> str:
    """What the model calls a word it does not know: from words.txt, or from the table within its grammar graph."""
    for name in ("graph/words.txt", "words.txt"):
        if (directory / name).is_file():
            words = {line.split(" ", 1)[0] for line in (directory / name).read_text(errors="replace").splitlines()}
            return next((label for label in UNKNOWN if label in words), UNKNOWN[0])
    for name in ("graph/Gr.fst", "Gr.fst"):
        if (directory / name).is_file():
            with (directory / name).open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as held:
                return next((label for label in UNKNOWN if held.find(label.encode()) >= 0), UNKNOWN[0])
    return UNKNOWN[0]
