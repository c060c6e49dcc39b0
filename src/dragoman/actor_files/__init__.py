"""The user's own actor knowledge: folders of tables over ours, dictionaries of other coders read into them, and look-up."""
