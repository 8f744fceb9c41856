"""`python -m scraper` is the command `redline`."""

from scraper.cli import main

if __name__ == "__main__":
    main()
