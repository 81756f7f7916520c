"""Compressed pictures, lossless and coarse to fine: integer networks, a range coder and files."""
