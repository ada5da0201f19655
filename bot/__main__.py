"""`python -m bot`, the same as the console script `section3`."""

from __future__ import annotations


def main() -> None:
    """Run the command line. Exits 0 when all is well, 1 when the answer is no, 2 on a usage error."""
    from bot.cli.app import build
    from bot.cli.people import tolerant_streams, without_a_trace

    tolerant_streams()
    with without_a_trace():
        build()(prog_name="section3")


if __name__ == "__main__":
    main()
