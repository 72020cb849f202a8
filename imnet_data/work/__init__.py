"""Running many independent units: here or in processes; what is done stays done.

What a unit does is its stage's: verification, sharding, the tensor stage.
"""
