"""When is a page due, and why then? Pure functions over what the archive has seen: no clock, no chance, no SQL.

    histories → rates (`hazard`) → threshold (`budget`) → due (`due`, `escalation`) → agenda (`agenda`)

The aim is to see a change as soon as a budget of looks allows. That is another aim than keeping a copy fresh, which
is best served by giving up on pages that change fast (Cho and Garcia-Molina 2003); an archive wants those most of all.
"""

SCHEDULE = "1"
"""Raise it when pages fall due otherwise than before: what an earlier schedule learnt does not stand then."""
