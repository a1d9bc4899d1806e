"""The rules of the chat as pure values and functions: no framework, no database, no clock, no network."""
