"""Measurements of the real house: `python -m bench.NAME` prints one table. Figures: docs/performance.md."""
