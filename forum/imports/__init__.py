"""Moving an older forum here: reading its files and planning what becomes of them. ``docs/import.md`` has the formats.

Source: FOR-18, OPS-06, CDIP/25/5 annex paras 6-7, workflow 2.10.
"""
