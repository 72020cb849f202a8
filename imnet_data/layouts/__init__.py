"""What a member's path means: an image's class, split and key, in each way of laying them out.

Nothing here reads an archive or writes a catalogue.
"""
