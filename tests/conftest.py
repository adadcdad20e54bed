"""What every test may ask for."""

pytest_plugins = ["running_asterisk", "databases"]
