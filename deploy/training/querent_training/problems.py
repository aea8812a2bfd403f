"""Expected trouble, each a sentence that a person can act on."""

import sys
from collections.abc import Callable


class Problem(Exception):
    """What went wrong and what to do; never a bug."""


class Stopped(Exception):
    """Somebody stopped the run; what was trained is on the disk."""


def run_program(main: Callable[[], None]) -> None:
    """Runs a program: a problem is one line and exit status 1, a run that was stopped 130."""
    try:
        main()
    except Problem as problem:
        print(problem, file=sys.stderr)
        sys.exit(1)
    except Stopped as stopped:
        print(stopped, file=sys.stderr)
        sys.exit(130)
    except KeyboardInterrupt:
        print("Stopped at once; --resume goes on at the last checkpoint, or begins anew where there is none.", file=sys.stderr)
        sys.exit(130)
