"""Servers that wish us ill, or do not know what they do: tables of cases, each with the outcome that must come of it.

`addresses` are places that must never be connected to, `answers` are answers that no limit may let through, `manners`
are what hosts say about how they want to be visited, `verdicts` are answers that are not what they seem. The test
modules of the same names drive the real fetcher through every case; `test_count` counts them.
"""
