"""The JSON schema of every shape in `messages.py`, printed for the pages' type generator.

python -m agent_console.schema
"""

from __future__ import annotations

import inspect
import json
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from agent_console import messages


def schema() -> dict[str, Any]:
    """Give one JSON schema whose `$defs` are all the messages."""
    shapes: list[type[BaseModel]] = [
        shape
        for _, shape in inspect.getmembers(messages, inspect.isclass)
        if issubclass(shape, messages.Message) and shape is not messages.Message
    ]
    _, whole = models_json_schema([(shape, "validation") for shape in shapes])
    return whole


if __name__ == "__main__":
    print(json.dumps(schema(), indent=1))
