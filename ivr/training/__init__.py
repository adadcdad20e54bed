"""Training of the acoustic model that `ivr.acoustic` runs. Needs the `training` extra (PyTorch)."""
