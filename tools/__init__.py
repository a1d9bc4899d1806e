"""Tools for editors and developers. The service imports nothing from here."""
