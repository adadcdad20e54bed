"""Sets the house up, keeps it running, says what is wrong with it: `huduma up`, `huduma test`, `huduma doctor`."""
