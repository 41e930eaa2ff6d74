"""Tables and pictures of histories, and the words around them.

This room knows how numbers are shown and never how they were made.
"""
