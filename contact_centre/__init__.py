"""What every room shares: the words, the states, the settings, the database and the journal."""
