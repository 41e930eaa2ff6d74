"""`python -m alliance_cohesion` is the `cohesion` command."""

from .cli import main

if __name__ == "__main__":
    main()
