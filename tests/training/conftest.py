"""Tests of how the acoustic model is made. They run where PyTorch is, which the house itself does not need:
`pip install 'huduma[training]' && pytest tests/training`.
"""

from importlib.util import find_spec

collect_ignore_glob = [] if find_spec("torch") else ["test_*.py"]
