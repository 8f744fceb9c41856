"""The command line's own room: what a keeper or a researcher reads in a terminal, at 80 columns and more."""
