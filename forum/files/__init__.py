"""Files that people bring: what they may be, found out by content, in a process of its own.

Source: security.md FI-02 to FI-11.
"""
