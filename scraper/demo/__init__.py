"""A small site of our own that edits itself: two fictional publishers over a scripted fortnight."""
