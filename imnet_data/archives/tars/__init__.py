"""Plain tars: headers, the walk over them, and downloads of which only parts are here."""
