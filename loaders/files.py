"""Open what a person names on the command line: files, globs, folders, zips and gz, as streams."""
