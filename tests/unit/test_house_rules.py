"""The rules that keep the house readable: types, lint, imports that point down, pure rooms, small files, true docs."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from contact_centre.cli import COMMANDS
from contact_centre.settings import PROJECT_ROOT, Settings

ROOMS = (
    "contact_centre citizen_services ivr agi_scripts agent_console queue_manager recordings asterisk_conf "
    "simulation demonstration operations"
).split()
PURE = """
contact_centre/model.py contact_centre/states.py contact_centre/channel_vars.py contact_centre/errors.py
contact_centre/facts.py contact_centre/guessable.py citizen_services/catalogue.py
ivr/menu.py ivr/speaking.py ivr/understanding.py
ivr/intents.py ivr/words.py ivr/regained_place.py ivr/spoken_digits.py ivr/vocabulary.py ivr/endpointing.py
ivr/vosk_words.py ivr/closed_callback.py ivr/lateness.py ivr/misheard.py
ivr/acoustic/scoring.py ivr/acoustic/digit_strings.py
queue_manager/events.py queue_manager/commands.py queue_manager/requests.py queue_manager/matching.py
queue_manager/router.py queue_manager/line.py queue_manager/roster.py queue_manager/service_level.py
queue_manager/expected_wait.py queue_manager/promises.py queue_manager/kept_promises.py
queue_manager/handling_history.py queue_manager/outlook.py
queue_manager/remembered.py queue_manager/call_memory.py queue_manager/unfinished.py
queue_manager/allowed_numbers.py queue_manager/events_out.py queue_manager/surveys.py
queue_manager/ami_inbound.py queue_manager/ami_outbound.py queue_manager/snapshot.py
queue_manager/callbacks.py queue_manager/callback_state.py queue_manager/callback_memory.py
queue_manager/callback_events.py queue_manager/callback_commands.py queue_manager/callback_tally.py
agent_console/speech_line.py agent_console/board.py agent_console/today.py
asterisk_conf/credentials.py recordings/naming.py
simulation/erlang.py demonstration/sip_messages.py
""".split()
IMPURE = {"asyncio", "sqlalchemy", "panoramisk", "fastapi", "asterisk", "time", "random", "os", "socket", "threading"}
CLOCKS = {"now", "utcnow", "today"}
LONGEST_FILE = 400
MEDIAN_FILE = 120


def sources() -> list[Path]:
    """Every Python file of the product, migrations aside (they are a record, not code to read)."""
    found = [path for room in ROOMS for path in (PROJECT_ROOT / room).rglob("*.py")]
    return sorted(p for p in found if not {"migrations", "node_modules"} & set(p.parts))


@pytest.mark.parametrize(
    "command",
    [["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"], ["importlinter.cli", "lint"]],
    ids=" ".join,
)
def test_the_checkers_find_nothing(command: list[str]) -> None:
    module = (
        ["-c", "from importlinter.cli import lint_imports_command as c; c()"]
        if "importlinter.cli" in command
        else ["-m", *command]
    )
    done = subprocess.run([sys.executable, *module], cwd=PROJECT_ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", PURE)
def test_pure_modules_take_the_time_as_an_argument(name: str) -> None:
    tree = ast.parse((PROJECT_ROOT / name).read_text())
    imported = {
        (alias.name if isinstance(node, ast.Import) else node.module or "").split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    called = {
        node.func.attr for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }
    assert not imported & IMPURE
    assert not called & CLOCKS


def test_files_stay_small() -> None:
    lengths = sorted((len(path.read_text().splitlines()), path) for path in sources())
    too_long = [f"{path.relative_to(PROJECT_ROOT)}: {length}" for length, path in lengths if length > LONGEST_FILE]
    assert not too_long
    assert lengths[len(lengths) // 2][0] <= MEDIAN_FILE


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_is_there(name: str) -> None:
    module, function = COMMANDS[name][0].split(":")
    assert callable(getattr(import_module(module), function))


def test_the_readme_names_every_setting_with_its_default_and_its_meaning() -> None:
    readme = (PROJECT_ROOT / "README.md").read_text()
    table = readme.partition("| setting | default | meaning |")[2].partition("\n\n")[0]
    rows = [row.strip("|").split(" | ") for row in table.splitlines()[2:]]
    said = {name.strip(" `"): (default, meaning.strip()) for name, default, meaning in rows}
    assert said == {
        name: (in_the_table(name, field.default), field.description) for name, field in Settings.model_fields.items()
    }


def in_the_table(name: str, default: object) -> str:
    """A default as the README writes it."""
    if default in (None, ""):
        return "—"
    if isinstance(default, Path) and default.is_relative_to(PROJECT_ROOT):
        path = default.relative_to(PROJECT_ROOT)
        where = (
            f" in the checkout; installed: `~/.local/share/huduma/{path}`" if name in {"data_dir", "studio_dir"} else ""
        )
        return f"`{path}`{where}"
    return f"`{json.dumps(default) if isinstance(default, bool | list) else default}`"


def test_every_docstring_is_there() -> None:
    """Public modules, classes and functions say what they mean."""
    silent = []
    for path in sources():
        module = ast.parse(path.read_text())
        for node in (module, *public(module)):
            if module.body and not ast.get_docstring(node):
                name = getattr(node, "name", "(module)")
                silent.append(f"{path.relative_to(PROJECT_ROOT)}:{getattr(node, 'lineno', 1)} {name}")
    assert not silent


def public(within: ast.Module | ast.ClassDef) -> Iterator[ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef]:
    """What others can reach: not what a function keeps inside."""
    for node in within.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from public(node)
