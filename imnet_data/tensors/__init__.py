"""What goes to the GPU: plans, tensor shards, means. The catalogue is not known here."""
