"""`python -m flashcrowd.cli`: the command line, where its script is not on the path."""

from flashcrowd.cli.main import main

main()
