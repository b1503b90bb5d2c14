"""Databases without tables."""

from tests.databases import empty_url

__all__ = ["empty_url"]
