"""Looking at a machine and a catalogue, and saying what to do; how it is laid out is cli/'s."""
