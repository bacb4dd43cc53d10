"""Screens: staff and their roles, units, and what everybody sets for themselves."""
