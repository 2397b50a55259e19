"""Delivery: the worker, its lanes, and the sender with its address guard."""
