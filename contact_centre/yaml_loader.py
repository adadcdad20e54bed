"""Which of PyYAML's loaders reads our files: the one written in C, ten times sooner, wherever PyYAML was built with it.

Catalogue and menus are read by every program at its start, and a router that died is missed until it has read them.
"""

from __future__ import annotations

import yaml

LOADER: type[yaml.SafeLoader | yaml.CSafeLoader] = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
"""Reads plain data alone, and knows each node's line."""
