"""The doors into the graph: the web application and the command line."""
