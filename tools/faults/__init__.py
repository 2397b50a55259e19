"""Faults on purpose: programs that die where they are told to, load on them, and the reckoning.

`tests/kills` and `tools/soak.py` stand on it; nothing of it is in the product.
"""
