"""Keeps click ids and campaign parameters, merges them into leads, and loses neither."""

__version__ = "0.1.0"
