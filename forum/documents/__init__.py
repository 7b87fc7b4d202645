"""Discussions as documents to file, print and cite: gathered once, written as DOCX or PDF."""
