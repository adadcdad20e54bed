"""How Asterisk is found or unpacked, configured and started: the centre's, and the demonstration's carrier."""
