"""How a catalogue of an earlier schema becomes one of this schema."""
