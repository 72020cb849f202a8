"""Looking at a machine and a catalogue, and saying what to do: facts here, words in cli/."""
