"""The measured paths of `tools/bench.py`, each beside its bare counterpart."""
