"""The demonstration: an invented city with its people, made by the same actions as any other data."""

from okienko.site.demo.city import SIGN_INS, load

__all__ = ["SIGN_INS", "load"]
