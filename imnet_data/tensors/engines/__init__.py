"""What turns an image's bytes into a tensor: Pillow, and NVIDIA's DALI."""
