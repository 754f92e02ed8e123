"""A network trained on photographs of many things, whose inner layers describe image patches."""
