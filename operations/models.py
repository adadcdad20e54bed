"""`huduma models list | fetch NAME | check DIRECTORY`: Vosk's own models, which no package carries."""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import zipfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import httpx
from rich.progress import Progress

from contact_centre.errors import FileMistake, Refused, SetupFailed
from contact_centre.settings import load_settings
from ivr.model_directory import check_directory, unknown_word
from ivr.vosk_trial import survives

SITE = "https://alphacephei.com/vosk/models"


@dataclass(frozen=True, slots=True)
class Model:
    """One that the site offers."""

    name: str
    language: str
    megabytes: int
    licence: str
    about: str


MODELS = (
    Model("vosk-model-small-en-us-0.15", "en", 40, "Apache-2.0", "small, American English"),
    Model("vosk-model-small-en-in-0.4", "en", 36, "Apache-2.0", "small, Indian English"),
    Model("vosk-model-en-in-0.4", "en", 370, "Apache-2.0", "Indian English, telephone and broadcast"),
)
"""Their SHA-256 are not known here: each is noted at the first fetch, and a later one that differs is refused."""


def main(arguments: list[str]) -> int:
    """Run one of the three.

    Raises:
        FileMistake: what came, or what was pointed to, is no whole model.
        Refused: no such model, or its SHA-256 is another than before.
        SetupFailed: the site is not reachable.
    """
    parser = argparse.ArgumentParser(prog="huduma models", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("list", help="the official models")
    fetch_it = verbs.add_parser("fetch", help="download one; goes on where it stopped")
    fetch_it.add_argument("name")
    fetch_it.add_argument("--site", default=SITE, help="a mirror")
    verbs.add_parser("check", help="whether a directory is a whole model").add_argument("directory", type=Path)
    asked = parser.parse_args(arguments)
    kept = load_settings().cache_dir / "models"
    if asked.verb == "list":
        known = _noted(kept)
        for model in MODELS:
            state = f"fetched: {kept / model.name}" if (kept / model.name).is_dir() else ""
            print(
                f"{model.name:<28} {model.language}  {model.megabytes:>4} MB  {model.licence}  {model.about}  {state}"
            )
            print(f"{'':<28} SHA-256 {known.get(model.name, 'not known before the first fetch')}")
        print("None exists for Kiswahili; our own model hears it.")
    elif asked.verb == "check":
        check_directory(asked.directory)
        if find_spec("vosk") is None:
            tried = "what it holds was looked at; Vosk is not installed here, so it was not tried"
        elif survives(asked.directory, unknown_word(asked.directory)):
            tried = "it was loaded, and heard a second of noise"
        else:
            raise FileMistake(asked.directory, None, "Vosk cannot load this model, or dies of it: fetch it again")
        print(f"{asked.directory} is a Vosk model ({tried}); set vosk_model_en to it, and speech to vosk")
    else:
        fetched = fetch(asked.name, kept, asked.site)
        print(f"{fetched}\nset vosk_model_en to it, and speech to vosk")
    return 0


def fetch(name: str, kept: Path, site: str = SITE) -> Path:
    """Download and unpack a model, unless it is there; gives its directory. Raises as `main` does."""
    if name not in {model.name for model in MODELS}:
        raise Refused("no_such_model", f"there is no model '{name}'; `huduma models list` names them")
    directory, part = kept / name, kept / f"{name}.zip.part"
    if directory.is_dir():
        check_directory(directory)
        return directory
    kept.mkdir(parents=True, exist_ok=True)
    try:
        _download(f"{site}/{name}.zip", part)
    except httpx.HTTPError as error:
        raise SetupFailed(
            f"{site} cannot be reached from here ({type(error).__name__}); what came so far is kept. Fetch {name}.zip "
            "elsewhere, unpack it, and set vosk_model_en to the directory"
        ) from error
    _same_as_before(name, part, kept)
    draft = kept / f".{name}.new"
    shutil.rmtree(draft, ignore_errors=True)
    try:
        with zipfile.ZipFile(part) as archive:
            archive.extractall(draft)
        check_directory(draft / name)
    except (zipfile.BadZipFile, FileMistake) as error:
        shutil.rmtree(draft, ignore_errors=True)
        part.unlink()
        raise FileMistake(part, None, f"what the site sent is no Vosk model ({error}); it was deleted") from error
    (draft / name).replace(directory)
    shutil.rmtree(draft)
    _note(name, part, kept)
    part.unlink()
    return directory


def _download(url: str, part: Path) -> None:
    there = part.stat().st_size if part.exists() else 0
    wanted = {"Range": f"bytes={there}-"} if there else {}
    with httpx.stream("GET", url, headers=wanted, follow_redirects=True, timeout=30) as answer:
        if there and answer.status_code == 416:
            return  # all of it had come
        answer.raise_for_status()
        goes_on = answer.status_code == 206
        length = int(answer.headers.get("Content-Length", 0)) + (there if goes_on else 0)
        with part.open("ab" if goes_on else "wb") as file, Progress() as progress:
            task = progress.add_task(part.name, total=length or None, completed=there if goes_on else 0)
            for piece in answer.iter_bytes():
                file.write(piece)
                progress.advance(task, len(piece))


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _noted(kept: Path) -> dict[str, str]:
    path = kept / "sha256.json"
    return dict(json.loads(path.read_text())) if path.exists() else {}


def _same_as_before(name: str, part: Path, kept: Path) -> None:
    before = _noted(kept).get(name)
    if before is not None and before != _digest(part):
        part.unlink()
        raise Refused("changed", f"{name}: the SHA-256 is another than at the first fetch; it was deleted")


def _note(name: str, part: Path, kept: Path) -> None:
    (kept / "sha256.json").write_text(json.dumps(_noted(kept) | {name: _digest(part)}, indent=1))
