"""The command line: thin modules that read options, call one service, and print."""
