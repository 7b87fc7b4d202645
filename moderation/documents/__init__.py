"""Figures and reports as papers: gathered once, shown on a page or written as a file."""
