"""One file a migration, named by its revision; a catalogue remembers the last it has seen."""
