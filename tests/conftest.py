"""What every test may ask for."""

pytest_plugins = ["running_asterisk", "databases", "console_house", "running_house", "desk"]
