"""The verbs: what the window and the command line do."""
