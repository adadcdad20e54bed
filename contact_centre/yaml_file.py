"""Reads what people write in YAML as nodes: only nodes know their line, which a mistake must name.

PyYAML's loader written in C is ten times sooner, wherever PyYAML was built with it. Catalogue and menus are read by
every program at its start, and a router that died is missed until it has read them.
"""

from __future__ import annotations

from pathlib import Path

import yaml

from contact_centre.errors import FileMistake

LOADER: type[yaml.SafeLoader | yaml.CSafeLoader] = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
"""Reads plain data alone."""


def compose(path: Path) -> yaml.Node:
    """Read a file of one document as nodes.

    Raises:
        FileMistake: when the file cannot be read, is not UTF-8, not YAML, or empty.
    """
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=LOADER)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise FileMistake(path, line, f"not valid YAML: {error.problem or error.context}") from error
    except yaml.YAMLError as error:
        raise FileMistake(path, None, f"not valid YAML: {' '.join(str(error).split())}") from error
    except UnicodeDecodeError as error:
        raise FileMistake(path, None, "the file is not UTF-8 text") from error
    except OSError as error:
        raise FileMistake(path, None, f"cannot be read: {error.strerror}") from error
    if root is None:
        raise FileMistake(path, 1, "the file is empty")
    return root
